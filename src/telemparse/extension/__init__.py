"""The SDK: card, protocols, hooks, CSV dialects and the catalog of installed parsers."""
