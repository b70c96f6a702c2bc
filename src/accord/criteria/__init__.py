"""The criteria language, the registries of facts and metrics, the compiler to SQL."""
