"""A synchronous, breadth-first executor over graphql-core's types: one loop per field and level."""
