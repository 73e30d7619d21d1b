"""All presentation: every result as a drawing for terminals, as plain records, or as JSON."""
