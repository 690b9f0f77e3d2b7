"""Sends one span and one metric with the SDK that opentelemetry-instrument sets up from environment variables alone."""

import sys

from opentelemetry import metrics, trace

trace.get_tracer("test").start_span(sys.argv[1]).end()
metrics.get_meter("test").create_counter("test").add(1)
