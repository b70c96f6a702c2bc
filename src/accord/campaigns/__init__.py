"""Campaigns: planned marketing efforts with dates and cost."""
