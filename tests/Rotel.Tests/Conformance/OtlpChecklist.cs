using static Rotel.Conformance.OtlpLevel;

namespace Rotel.Conformance;

/// <summary>
/// What the OTLP specification 1.11 (https://opentelemetry.io/docs/specs/otlp/) asks of servers and clients, section by section. The order
/// is that of the page.
/// </summary>
internal static class OtlpChecklist
{
    public static IReadOnlyList<(string Section, string Link, IReadOnlyList<OtlpRow> Rows)> Server { get; } =
    [
        ("Transports", "https://opentelemetry.io/docs/specs/otlp/#protocol-details",
        [
            new("server.signals", Must, "Traces, metrics and logs are received over gRPC and over HTTP."),
            new("server.profiles", May, "Profiles (`v1development`) are received when enabled, on their own path and service."),
            new("server.compression", Must, "Requests may be uncompressed or gzip, on both transports."),
            new("server.compression.more", May, "deflate, zstd, Brotli and LZ4 are taken too; others are refused with a list of what is taken."),
            new("server.ports", Should, "The default ports are 4317 for gRPC and 4318 for HTTP."),
            new("server.one_port", May, "gRPC and HTTP can share a port: 4318 takes both, and HTTP/2 without TLS."),
            new("server.encodings", Should, "Binary and JSON requests share port and path; the content type tells them apart."),
            new("server.media_type", Ours, "Parameters and case of the content type do not matter."),
            new("server.paths", May, "The HTTP paths are `/v1/traces`, `/v1/metrics`, `/v1/logs` and can be changed."),
            new("server.http_versions", Must, "HTTP/1.1 and HTTP/2 are spoken."),
            new("server.unknown_fields", Must, "Unknown fields and JSON keys are ignored at every level, and kept in binary requests."),
            new("server.duplicates", Must, "A request sent again is received again; nothing relies on its not happening."),
            new("server.cors", Ours, "Browsers of allowed origins can send: preflight and answers carry the CORS headers."),
        ]),
        ("Size limits", "https://opentelemetry.io/docs/specs/otlp/#otlphttp-request",
        [
            new("server.limit", Must, "Requests are limited as sent and after decompression: 64 MiB, configurable."),
            new("server.limit.grpc", Must, "Over the limit gRPC answers RESOURCE_EXHAUSTED without RetryInfo."),
            new("server.limit.http", Must, "Over the limit HTTP answers 413."),
            new("server.bombs", Must, "A body that would expand over the limit is refused without the memory of its expansion, in every coding."),
            new("server.response_limit", Must, "Answers stay far below 4 MiB: their texts are bounded."),
        ]),
        ("Answers over gRPC", "https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response",
        [
            new("server.grpc.success", Must, "Full success is a response without `partial_success`."),
            new("server.grpc.empty", Should, "A request without items is a success."),
            new("server.grpc.partial", Must, "When items were refused and the rest kept, `partial_success` says how many and why."),
            new("server.grpc.malformed", Must, "What cannot be decoded is INVALID_ARGUMENT."),
            new("server.grpc.overload", Should, "No room is UNAVAILABLE with RetryInfo, never RESOURCE_EXHAUSTED."),
            new("server.grpc.unknown_method", Must, "A method or signal that is not served is UNIMPLEMENTED."),
            new("server.grpc.unauthenticated", Should, "Missing or wrong credentials are UNAUTHENTICATED."),
            new("server.grpc.encoding", Must, "An unknown message coding is UNIMPLEMENTED with `grpc-accept-encoding`."),
        ]),
        ("Answers over HTTP", "https://opentelemetry.io/docs/specs/otlp/#otlphttp-response",
        [
            new("server.http.same_type", Must, "An answer has the content type of its request."),
            new("server.http.success", Must, "Full success is 200 with an empty message: no bytes, or `{}`."),
            new("server.http.empty", Should, "A request without items is a success."),
            new("server.http.partial", Must, "Partial success is 200 with `partialSuccess`, in both encodings."),
            new("server.http.status", Must, "Every 4xx and 5xx from routing on carries a `google.rpc.Status` in the request's encoding."),
            new("server.http.malformed", Must, "What cannot be decoded is 400; JSON errors name path and offset."),
            new("server.http.routing", Ours, "An unknown path is 404, another method 405 with `Allow`, another type or coding 415."),
            new("server.http.overload", Should, "No room is 503 with `Retry-After`."),
            new("server.http.unauthenticated", Should, "Missing or wrong credentials are 401 with `WWW-Authenticate`."),
            new("server.http.gzip_answers", May, "Answers may be gzip where `Accept-Encoding` allows it.")
            {
                LeftOut = "Answers are a few bytes; compressing them would make them longer.",
            },
            new("server.http.keep_alive", Should, "Connections are kept between requests; idle and slow ones are cut off in the end."),
        ]),
        ("JSON", "https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding",
        [
            new("json.ids", Must, "Ids are hexadecimal in any case, everywhere; other bytes are base64."),
            new("json.enums", Must, "Enums are numbers when written; names are taken as well."),
            new("json.keys", Must, "Keys are lowerCamelCase; others, snake_case among them, are unknown and ignored."),
            new("json.int64", Must, "64-bit integers are written as strings, and taken as strings or numbers."),
            new("json.doubles", Must, "NaN and the infinities are strings."),
            new("json.values", Must, "Attribute values of every kind, nested and empty ones too."),
            new("json.oracle", Ours, "Every field of every message, against Google.Protobuf, both ways."),
        ]),
        ("Acknowledgement", "https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response",
        [
            new("server.acknowledged", Must, "What was answered with success is delivered, or counted as dropped with its reason."),
            new("server.empty_envelopes", May, "Resources and scopes without items are tolerated."),
        ]),
    ];

    public static IReadOnlyList<(string Section, string Link, IReadOnlyList<OtlpRow> Rows)> Client { get; } =
    [
        ("Requests", "https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-concurrent-requests",
        [
            new("client.signals", Must, "Traces, metrics and logs are sent over gRPC and over HTTP, with and without compression."),
            new("client.encodings", Must, "Over HTTP in binary or JSON, with the matching content type."),
            new("client.concurrent", Should, "Requests are sent concurrently, up to a configurable number."),
            new("client.limit", Should, "A request is limited before compression (64 MiB); an item over the limit is dropped and counted."),
            new("client.http_fallback", Should, "Where HTTP/2 is not spoken, HTTP/1.1 is."),
            new("client.keep_alive", Should, "Connections are kept between requests; how many and how long is configurable."),
            new("client.no_empty", Should, "No resources or scopes without items are made by cutting."),
            new("client.endpoint", Must, "An endpoint for all signals gets their paths appended; one for a single signal is used as it is."),
        ]),
        ("Answers", "https://opentelemetry.io/docs/specs/otlp/#failures",
        [
            new("client.partial", Must, "A partial success is counted, logged, and never retried."),
            new("client.grpc.codes", Must, "Each gRPC code is retried or not as the table of the specification says, with and without RetryInfo."),
            new("client.http.codes", Must, "429, 502, 503 and 504 are retried, other failures are not."),
            new("client.retry_info", Must, "A delay in RetryInfo is waited for before the next try."),
            new("client.retry_after", Should, "So is `Retry-After`, in seconds or as a date."),
            new("client.backoff", Must, "Retries back off exponentially with jitter."),
            new("client.dropped_connection", Should, "A connection that ends without an answer is a reason to retry."),
            new("client.connect", Should, "So is a connection that cannot be made."),
            new("client.response_limit", Must, "No more than 4 MiB of an answer are read."),
            new("client.tolerant", Ours, "Answers with other types, parameters or unreadable bodies are judged by their code."),
            new("client.split", Ours, "A request that is too large for the destination is halved until it fits."),
            new("client.redirects", Ours, "Redirects are not followed: no credential goes to another host."),
            new("client.undelivered", Should, "What cannot be delivered is counted and logged with its reason."),
        ]),
        ("Several destinations", "https://opentelemetry.io/docs/specs/otlp/#multi-destination-exporting",
        [
            new("client.isolation", Should, "Each destination has its own queue, state and retries over shared immutable data."),
            new("client.shutdown", May, "A shutdown waits for answers up to a deadline; the rest is counted."),
        ]),
    ];

    public static IEnumerable<OtlpRow> Rows => Server.Concat(Client).SelectMany(section => section.Rows);
}
