"""From scored runs to what people read. Reads run folders only."""
