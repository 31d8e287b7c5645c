"""From data to findings: the structure first, then the rules."""
