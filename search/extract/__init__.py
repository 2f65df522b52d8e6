"""Files into plain passages: `search.extract.reading.extract` reads one."""
