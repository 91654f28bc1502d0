"""Shapes on the wire: `<Thing>In`, `<Thing>Out`, `<Thing>Query`. `fields` holds the strict field types."""
