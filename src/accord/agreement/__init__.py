"""The agreement: its document, versions and signatures. Knows no lead."""
