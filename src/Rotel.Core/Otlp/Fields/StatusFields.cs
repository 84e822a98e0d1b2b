namespace Rotel.Otlp.Fields;

/// <summary>
/// Field numbers of <c>google/rpc/status.proto</c>, <c>google/rpc/error_details.proto</c> (RetryInfo), <c>google/protobuf/any.proto</c> and
/// <c>google/protobuf/duration.proto</c>, as opentelemetry-proto 1.11.0 refers to them for failures.
/// </summary>
internal static class StatusFields
{
    public static class Status
    {
        public const int Code = 1;
        public const int Message = 2;
        public const int Details = 3;
    }

    public static class Any
    {
        public const int TypeUrl = 1;
        public const int Value = 2;
    }

    public static class RetryInfo
    {
        public const int RetryDelay = 1;
    }

    public static class Duration
    {
        public const int Seconds = 1;
        public const int Nanos = 2;
    }
}
