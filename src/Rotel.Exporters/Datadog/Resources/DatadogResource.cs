namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// What Datadog wants to know of an OpenTelemetry resource, in UTF-8. Made once per distinct resource and shared by encoders; immutable.
/// </summary>
internal sealed class DatadogResource
{
    /// <summary>Of <c>service.name</c> as the sender has it, for metrics and logs; empty when the resource has none.</summary>
    public required byte[] Service { get; init; }

    /// <summary>The service of spans: <see cref="Service"/> normalised, <c>otlpresourcenoservicename</c> for none.</summary>
    public required byte[] SpanService { get; init; }

    /// <summary>
    /// Of <c>deployment.environment.name</c> or its older name, else the exporter's; normalised, as spans and statistics have it.
    /// </summary>
    public required byte[] Environment { get; init; }

    /// <summary>Of <c>service.version</c>, normalised; empty when the resource has none.</summary>
    public required byte[] Version { get; init; }

    /// <summary>Empty where there is no host, as on AWS Fargate.</summary>
    public required byte[] Host { get; init; }

    /// <summary>Of <c>container.id</c>, else of <c>k8s.pod.uid</c>, normalised; empty for neither.</summary>
    public required byte[] ContainerId { get; init; }

    /// <summary><c>key:value</c> of containers, orchestrator and cloud, as Datadog names them, sorted.</summary>
    public required IReadOnlyList<byte[]> ContainerTags { get; init; }

    /// <summary><see cref="ContainerTags"/> joined by commas: the value of <c>_dd.tags.container</c>.</summary>
    public required byte[] ContainerTagList { get; init; }

    /// <summary>
    /// What metrics of the resource are tagged with: <c>service</c>, <c>env</c>, <c>version</c>, <see cref="ContainerTags"/>, the
    /// exporter's own tags and, where it is set so, all other attributes. Sorted, without repetitions.
    /// </summary>
    public required IReadOnlyList<byte[]> Tags { get; init; }

    /// <summary>
    /// What logs are tagged with, joined by commas: <see cref="Tags"/> without the other attributes, which every log record has.
    /// </summary>
    public required byte[] LogTagList { get; init; }

    /// <summary>Of <c>telemetry.sdk.language</c>.</summary>
    public required byte[] Language { get; init; }

    /// <summary><c>otlp-</c> and <c>telemetry.sdk.version</c>.</summary>
    public required byte[] TracerVersion { get; init; }
}
