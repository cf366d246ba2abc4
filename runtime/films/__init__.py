"""Takes turned into films and sheets: drawn exactly, with their sound, by a process of their own."""
