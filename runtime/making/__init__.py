"""What the generator needs of a renderer or a browser: the crew that draws its data set, points set by hand."""
