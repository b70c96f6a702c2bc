"""Reading files that people have: CSV and its relatives, and workbooks. Pure, no Django.

A file becomes a `Table`: its header, and rows of text with the line they stand on. A row that
cannot be read carries its trouble instead of stopping the rest.
"""

from accord.leads.files.reading import Table, open_table
from accord.leads.files.rows import Layout, Row
from accord.leads.files.survey import Survey, survey

__all__ = ["Layout", "Row", "Survey", "Table", "open_table", "survey"]
