using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Rotel.Receivers.Otlp;

namespace Rotel.Hosting;

/// <summary>
/// The ways in through the application's own server, one pair for all that it maps; made with the first. They work as long as the
/// collector does, and refuse as it does when it has stopped.
/// </summary>
internal sealed class MappedReceiver(RotelRuntime runtime, ILoggerFactory loggerFactory)
{
    private readonly Lock _lock = new();
    private MappedOtlp? _otlp;

    /// <summary>Adds nothing where Rotel is switched off, and takes conventions all the same.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        if (runtime.Collector is not { } collector)
            return new MappedEndpoints();

        lock (_lock)
            return (_otlp ??= Create(collector)).Map(endpoints, prefix);
    }

    private MappedOtlp Create(Collector collector)
    {
        var options = collector.Plan.Options.Otlp;
        var settings = CollectorComposition.OtlpSettings(options);
        return new MappedOtlp(
            options,
            collector.AddLocalIntake(MappedOtlp.GrpcName, settings, options.Receives),
            collector.AddLocalIntake(MappedOtlp.HttpName, settings, options.Receives),
            loggerFactory,
            collector.Time);
    }
}
