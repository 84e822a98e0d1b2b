using Rotel.Delivery;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Processors.Detection;
using Rotel.Receivers.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What must hold between the options, whoever set them.</summary>
internal static class RotelValidation
{
    /// <summary>Below this not even a few requests fit.</summary>
    public const long LeastMemory = 1L << 20;

    public static void Validate(RotelPlan plan, ConfigurationErrors errors)
    {
        var options = plan.Options;
        var global = errors.In(SettingScope.Global);
        ReceiverSettings.Validate(options.Otlp, global);
        ListenerSettings.Validate(options.Otlp, global);
        OperationSettings.Validate(options, global);
        SharedExporterSettings.Validate(options.Batch, "", global);
        SharedExporterSettings.Validate(options.Retry, GlobalSettings.RetryPrefix, global);
        foreach (var signal in OtlpSignals.Mergeable)
            SharedExporterSettings.Validate(options.For(signal).Batch, $"{signal.Name()}_", global);

        if (options.MemoryLimit < LeastMemory)
            global.Add(GlobalSettings.MemoryLimit, $"must be {SettingForms.ByteSize.Write(LeastMemory)} or more");
        if (options.DrainTimeout < TimeSpan.Zero)
            global.Add(GlobalSettings.DrainTimeout, "must not be negative; 0s delivers nothing more on shutdown");
        SharedExporterSettings.ValidateLength(options.DrainTimeout, GlobalSettings.DrainTimeout, global);
        if (options.Environment is { } environment && string.IsNullOrWhiteSpace(environment))
            global.Add(GlobalSettings.Environment, "must not be empty; leave it out, or name one, such as production");
        if (!Enum.IsDefined(options.DebugLog.Verbosity))
            global.Add(GlobalSettings.DebugLogVerbosity, $"expected {SettingForms.OneOf<DebugLogVerbosity>().Description}");

        if (options.RememberedTraces is < 0 or > RotelOptions.MostRememberedTraces)
            global.Add(OperationSettings.RememberedTraces, $"must be from 0 to {RotelOptions.MostRememberedTraces}");
        LogSettings.Validate(options.Log, global);
        SharedAgentSettings.Validate(plan, errors);
        DurabilityValidation.Validate(plan, errors);

        foreach (var receiver in options.Receivers.Others)
        {
            receiver.Type.Validate(receiver.Options, errors.In(receiver.Scope));
            ValidateRoutes(plan, receiver, errors);
        }

        foreach (var processor in options.Processors.BuiltIn)
        {
            var scoped = errors.In(processor.Scope);
            processor.Type.Validate(processor.Options, scoped);
            foreach (var signal in processor.Options.Signals.Where(signal => !processor.Type.Takes(signal)))
            {
                scoped.Add(
                    ConfiguredProcessor.SignalsRow,
                    $"names {signal.Name()}, which a processor of type {processor.Type.Name} does not work on");
            }
        }

        ResourceDetectionSettings.Validate(options.ResourceDetection, global);
        options.UserProcessors.Validate("processors_", global);
        if (options.UserProcessors.Name is not null)
            global.Add("processors_name", "would be the name of all steps; set it where a step is added");
        foreach (var step in options.Processors.Steps.OfType<ProcessorStep.User>())
            step.OptionsOver(options.UserProcessors).Validate("", errors.InCode($"the processor {step.Name} of {step.Signal.Name()}"));

        foreach (var exporter in options.Exporters.All)
        {
            var signals = plan.SignalsOf(exporter);
            var scoped = errors.In(exporter.Scope);
            SharedExporterSettings.Validate(exporter.Options, scoped);
            exporter.Type.Validate(exporter.Options, signals, scoped);
            ValidateMetadata(options, exporter.Options, scoped);
            OwnListener.Validate(options.Otlp, exporter, errors);
        }
    }

    /// <summary>Where there are exporters at all, one that is to receive a signal which goes to none of them would wait for ever.</summary>
    private static void ValidateRoutes(RotelPlan plan, ConfiguredReceiver receiver, ConfigurationErrors errors)
    {
        if (!plan.Exporters.Any())
            return;
        foreach (var signal in receiver.Type.SignalsOf(receiver.Options).Where(signal => plan.ExportersOf(signal).Count == 0))
        {
            errors.Add(
                SettingScope.Global.For(GlobalSettings.RouteOf(signal)).ToString(),
                $"the receiver {receiver.Type.Name} receives {signal.Name()}, which go to no exporter; name one, or do not receive them");
        }
    }

    /// <summary>What is to be sent on must be kept first.</summary>
    private static void ValidateMetadata(RotelOptions options, ExporterOptions exporter, SettingErrors errors)
    {
        OtlpMetadataOptions[] requests = [options.Otlp.GrpcMetadata, options.Otlp.HttpMetadata];
        var kept = requests.Where(of => of.Include).SelectMany(of => of.Headers)
            .Concat(options.Receivers.Others.SelectMany(receiver => receiver.Type.MetadataOf(receiver.Options)))
            .Select(header => header.Trim())
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = exporter.MetadataKeys.FirstOrDefault(name => RequestHeaders.Problem(name, "") is null && !kept.Contains(name));
        if (missing is not null)
        {
            errors.Add(
                OtlpExporterType.HeadersFromMetadata,
                $"has no effect for '{missing}', which no receiver keeps; add it to {ReceiverSettings.HttpHeadersToInclude} or "
                    + ReceiverSettings.GrpcHeadersToInclude);
        }
    }
}
