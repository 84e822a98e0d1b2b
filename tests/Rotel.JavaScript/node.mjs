// node node.mjs grpc|http/protobuf|http/json <endpoint>
import { sendTelemetry } from './telemetry.mjs';

const [protocol, endpoint] = process.argv.slice(2);
const flavour = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' }[protocol];
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${flavour}`);
const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${flavour}`);
const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${flavour}`);
const url = signal => (flavour === 'grpc' ? endpoint : new URL(`v1/${signal}`, endpoint).href);
const compression = 'gzip';

await sendTelemetry(50, {
  spans: new OTLPTraceExporter({ url: url('traces'), compression }),
  metrics: new OTLPMetricExporter({ url: url('metrics'), compression }),
  logs: new OTLPLogExporter({ url: url('logs'), compression }),
});
console.log('sent');
