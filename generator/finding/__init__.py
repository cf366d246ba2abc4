"""Where a face is and where its points lie: gate and doubts, drawn eyes, brows and mouths, points set by hand."""
