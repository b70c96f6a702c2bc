"""The one record of a lead from first touch to customer."""
