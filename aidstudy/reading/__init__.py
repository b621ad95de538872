"""From raw text to exact quantities: repair, numerals, qualifiers, scales and units."""
