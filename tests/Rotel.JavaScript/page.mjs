// Runs in the page, whose origin is not Rotel's: every request is subject to CORS. A browser lets a page have 64 KiB of requests under way that
// may outlive it, which is how the SDK sends; so there are few.
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { sendTelemetry } from './telemetry.mjs';

globalThis.send = (protocol, endpoint) => {
  const json = protocol === 'http/json';
  const options = signal => ({ url: new URL(`v1/${signal}`, endpoint).href, headers: { 'x-page': 'yes' } });
  return sendTelemetry(20, {
    spans: new (json ? JsonTraces : ProtobufTraces)(options('traces')),
    metrics: new (json ? JsonMetrics : ProtobufMetrics)(options('metrics')),
    logs: new (json ? JsonLogs : ProtobufLogs)(options('logs')),
  });
};
