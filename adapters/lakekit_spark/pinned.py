"""The settings of a session of ours: what a query means, and what it costs; neither is a cluster's to say."""

from __future__ import annotations

PINNED = {
    # What a value is.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    # A cast that fails is an error, not a NULL that nobody asked for, and sums do not wrap around.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
    # What a text of a query is. `${...}` in a text is no variable.
    "spark.sql.caseSensitive": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    # How Parquet is read: as it stands there, and never less of it than there is.
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.binaryAsString": "false",
    "spark.sql.parquet.fieldId.read.enabled": "false",
    "spark.sql.parquet.mergeSchema": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # How it is written.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.writeLegacyFormat": "false",
    "spark.sql.parquet.compression.codec": "snappy",
    # What Spark's parser learns of each text of a query it keeps for good, about 9 kB a step (SPARK-47404): after a few
    # thousand queries that is all memory. In percent of the driver's.
    "spark.sql.parser.manageParserCaches": "true",
    "spark.sql.parser.parserDfaCacheFlushRatio": "20",
    # A lane is a folder; with a writer open for each of them no row need be sorted.
    "spark.sql.maxConcurrentOutputFileWriters": "16",
}
"""Set on a session of lakekit's own."""

FOR_BODIES = {**PINNED, "spark.sql.caseSensitive": "false"}
"""Set on a session in which users' queries and functions run: they call columns as Spark lets them."""

# Java's regular expressions recurse: a group that repeats over a long text needs a deep stack, and where it is not deep
# enough the process ends. Only what is used of it takes memory.
_STACK = "-Xss64m"

STARTED = {
    "spark.driver.extraJavaOptions": _STACK,
    "spark.executor.extraJavaOptions": _STACK,
    # Its pages are open to all who reach this machine, and its log could quote rows.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}
"""For a Spark that lakekit starts, wherever its work is done."""

LOCAL = {
    # Nobody but this machine has to reach it.
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
"""For a Spark that lakekit starts on this machine."""
