using System.Diagnostics.CodeAnalysis;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The rows of the OTLP receiver.</summary>
internal static partial class ReceiverSettings
{
    public const string GrpcEndpoint = "otlp_grpc_endpoint";
    public const string HttpEndpoint = "otlp_http_endpoint";
    public const string ProfilesEnabled = "otlp_receiver_profiles_enabled";
    public const string MaxRequestBodySize = "otlp_max_request_body_size";
    public const string MaxGrpcMessageMiB = "otlp_grpc_max_recv_msg_size_mib";
    public const string Acknowledgement = "otlp_acknowledgement";
    public const string AcknowledgementTimeout = "otlp_acknowledgement_timeout";
    public const string AdmissionTimeout = "otlp_admission_timeout";
    public const string MaxItemBytes = "otlp_max_item_bytes";

    private const int MiB = 1 << 20;

    public static IReadOnlyList<Setting> All => field ??=
    [
        new Setting<RotelOptions, string>(
            GrpcEndpoint, SettingForms.Text,
            "Where OTLP over gRPC is received: `host:port`, port 0 for any free port, or `unix:/path`; `none` for nowhere.",
            options => options.Otlp.GrpcEndpoint, (options, value) => options.Otlp.GrpcEndpoint = value)
        {
            WhenUnset = "nowhere",
        },
        new Setting<RotelOptions, string>(
            HttpEndpoint, SettingForms.Text,
            "Where OTLP over HTTP is received: `host:port`, port 0 for any free port, or `unix:/path`; `none` for nowhere.",
            options => options.Otlp.HttpEndpoint, (options, value) => options.Otlp.HttpEndpoint = value)
        {
            WhenUnset = "nowhere",
        },
        Disabled(OtlpSignal.Traces, otlp => otlp.Traces, (otlp, value) => otlp.Traces = value),
        Disabled(OtlpSignal.Metrics, otlp => otlp.Metrics, (otlp, value) => otlp.Metrics = value),
        Disabled(OtlpSignal.Logs, otlp => otlp.Logs, (otlp, value) => otlp.Logs = value),
        new Setting<RotelOptions, bool>(
            ProfilesEnabled, SettingForms.Boolean, "Whether profiles are received, a signal that is still in development.",
            options => options.Otlp.Profiles, (options, value) => options.Otlp.Profiles = value),
        new Setting<RotelOptions, long>(
            MaxRequestBodySize, SettingForms.ByteSizeBetween(1, int.MaxValue),
            "The largest request taken, as sent and after decompression.",
            options => (long)options.Otlp.MaxRequestBodySize, (options, value) => options.Otlp.MaxRequestBodySize = (int)value),
        new Setting<RotelOptions, int>(
            MaxGrpcMessageMiB, SettingForms.Integer(1, int.MaxValue / MiB), "The largest gRPC message taken, in MiB.",
            options => options.Otlp.MaxGrpcMessageSize / MiB, (options, value) => options.Otlp.MaxGrpcMessageSize = value * MiB)
        {
            WhenUnset = MaxRequestBodySize,
        },
        new Setting<RotelOptions, AcknowledgementMode>(
            Acknowledgement, SettingForms.OneOf<AcknowledgementMode>(),
            "When a request is answered with success: once it is queued, once every destination has taken it, or once it is in the disk"
                + " queue.",
            options => options.Otlp.Acknowledgement, (options, value) => options.Otlp.Acknowledgement = value),
        new Setting<RotelOptions, TimeSpan>(
            AcknowledgementTimeout, SettingForms.Duration, "With `delivered`, how long a sender without a deadline of its own waits.",
            options => options.Otlp.AcknowledgementTimeout, (options, value) => options.Otlp.AcknowledgementTimeout = value),
        new Setting<RotelOptions, TimeSpan>(
            AdmissionTimeout, SettingForms.Duration, "How long a request waits for room before it gets a retryable refusal.",
            options => options.Otlp.AdmissionTimeout, (options, value) => options.Otlp.AdmissionTimeout = value),
        new Setting<RotelOptions, long>(
            MaxItemBytes, SettingForms.ByteSizeBetween(1, int.MaxValue),
            "The largest span, log record or metric taken, encoded; larger ones are left out of their request (partial success).",
            options => (long?)options.Otlp.MaxItemBytes, (options, value) => options.Otlp.MaxItemBytes = (int)value)
        {
            WhenUnset = "no limit but that of the request",
        },
        .. Paths(),
        .. Cors(),
        .. Connections(),
        .. Metadata(GrpcIncludeMetadata, GrpcHeadersToInclude, "gRPC", otlp => otlp.GrpcMetadata),
        .. Metadata(HttpIncludeMetadata, HttpHeadersToInclude, "HTTP", otlp => otlp.HttpMetadata),
    ];

    public static void Validate(OtlpReceiverOptions options, SettingErrors errors)
    {
        ValidateEndpoint(GrpcEndpoint, options.GrpcEndpoint, errors);
        ValidateEndpoint(HttpEndpoint, options.HttpEndpoint, errors);
        if (ListenersOf(options).OfType<UnixListenEndpoint>().ToArray() is [var grpc, var http] && grpc == http)
            errors.Add(HttpEndpoint, $"is the same socket as {GrpcEndpoint}; each protocol needs its own");
        if (options.MaxRequestBodySize < 1)
            errors.Add(MaxRequestBodySize, "must be 1 or more");
        if (options.MaxGrpcMessageSize < 1)
            errors.Add(MaxGrpcMessageMiB, "must be 1 or more");
        if (!Enum.IsDefined(options.Acknowledgement))
            errors.Add(Acknowledgement, $"expected {SettingForms.OneOf<AcknowledgementMode>().Description}");
        if (options.AcknowledgementTimeout <= TimeSpan.Zero)
            errors.Add(AcknowledgementTimeout, "must be longer than nothing; write a duration such as 10s");
        if (options.AdmissionTimeout < TimeSpan.Zero)
            errors.Add(AdmissionTimeout, "must not be negative; 0s refuses at once");
        if (options.MaxItemBytes < 1)
            errors.Add(MaxItemBytes, "must be 1 or more");
        ValidatePaths(options, errors);
        ValidateCors(options.Cors, errors);
        ValidateConnections(options.Connections, errors);
        ValidateMetadata(GrpcHeadersToInclude, GrpcIncludeMetadata, options.GrpcMetadata, errors);
        ValidateMetadata(HttpHeadersToInclude, HttpIncludeMetadata, options.HttpMetadata, errors);
    }

    /// <summary>The endpoints that are listened on, as far as they can be read.</summary>
    public static IEnumerable<ListenEndpoint> ListenersOf(OtlpReceiverOptions options)
    {
        foreach (var text in new[] { options.GrpcEndpoint, options.HttpEndpoint })
        {
            if (!IsNowhere(text) && ListenEndpoint.TryParse(text, out var endpoint, out _))
                yield return endpoint;
        }
    }

    private static void ValidateEndpoint(string setting, string? endpoint, SettingErrors errors)
    {
        if (!IsNowhere(endpoint) && !ListenEndpoint.TryParse(endpoint, out _, out var problem))
            errors.Add(setting, problem);
    }

    private static bool IsNowhere([NotNullWhen(false)] string? endpoint) =>
        string.IsNullOrWhiteSpace(endpoint) || endpoint.Trim().Equals("none", StringComparison.OrdinalIgnoreCase);

    private static Setting<RotelOptions, bool> Disabled(
        OtlpSignal signal, Func<OtlpReceiverOptions, bool> get, Action<OtlpReceiverOptions, bool> set) => new(
        $"otlp_receiver_{signal.Name()}_disabled", SettingForms.Boolean, $"Whether {signal.Name()} are refused.",
        options => !get(options.Otlp), (options, value) => set(options.Otlp, !value));
}
