"""The steps from one schema to the next, for Alembic; how to add one: docs/development/add-a-migration.md."""
