// What both clients send: every kind of attribute value, events, links, three instruments, log records.
import { diag, DiagLogLevel, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Sends so many spans and log records, and metrics of them; fails when the SDK reported anything, for its exporters do not throw. */
export async function sendTelemetry(count, { spans, metrics, logs }) {
  const problems = [];
  const note = (...words) => problems.push(words.map(String).join(' '));
  diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);

  const resource = resourceFromAttributes({ 'service.name': 'javascript', 'service.instances': 3, 'service.tags': ['a', 'b'] });
  const tracing = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(spans)] });
  const metering = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })],
  });
  const logging = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: logs })] });

  const tracer = tracing.getTracer('rotel.tests', '1.0');
  const meter = metering.getMeter('rotel.tests', '1.0');
  const logger = logging.getLogger('rotel.tests', '1.0');
  const counter = meter.createCounter('work.done', { unit: '{item}' });
  const histogram = meter.createHistogram('work.duration', { unit: 's' });
  meter.createObservableGauge('work.level').addCallback(result => result.observe(0.5, { floor: 1 }));

  let previous;
  for (let i = 0; i < count; i++) {
    const span = tracer.startSpan(`span ${i}`, {
      kind: SpanKind.CLIENT,
      attributes: { text: `größer ${i} 🦊`, whole: i, big: Number.MAX_SAFE_INTEGER, real: i + 0.25, flag: i % 2 === 0, list: ['x', 'y'] },
      links: previous === undefined ? [] : [{ context: previous, attributes: { why: 'order' } }],
    });
    span.addEvent('step', { number: i });
    if (i % 10 === 0)
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'failed on purpose' });
    previous = span.spanContext();
    span.end();
    counter.add(1, { shard: i % 5 });
    histogram.record(i / 10);
    logger.emit({
      body: `record ${i}`,
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      attributes: { number: i, nested: { deep: [1, 'two'] } },
    });
  }

  for (const provider of [tracing, metering, logging]) {
    await provider.forceFlush();
    await provider.shutdown();
  }

  if (problems.length > 0)
    throw new Error(problems.join('\n'));
}
