"""What a source is taught about one person: rest, reach, sides, voice; how it is measured, and where it is kept."""
