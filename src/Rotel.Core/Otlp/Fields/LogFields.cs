namespace Rotel.Otlp.Fields;

/// <summary>Field numbers of <c>opentelemetry/proto/logs/v1/logs.proto</c>, release 1.11.0, a class per message.</summary>
internal static class LogFields
{
    public static class ResourceLogs
    {
        public const int Resource = 1;
        public const int ScopeLogs = 2;
        public const int SchemaUrl = 3;
    }

    public static class ScopeLogs
    {
        public const int Scope = 1;
        public const int LogRecords = 2;
        public const int SchemaUrl = 3;
    }

    public static class LogRecord
    {
        public const int TimeUnixNano = 1;
        public const int SeverityNumber = 2;
        public const int SeverityText = 3;
        public const int Body = 5;
        public const int Attributes = 6;
        public const int DroppedAttributesCount = 7;
        public const int Flags = 8;
        public const int TraceId = 9;
        public const int SpanId = 10;
        public const int ObservedTimeUnixNano = 11;
        public const int EventName = 12;
    }
}
