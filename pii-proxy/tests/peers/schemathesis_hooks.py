"""Lines of JSON are text to whoever makes them up."""

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
