using Rotel.Delivery;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Receivers.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What must hold between the options, whoever set them.</summary>
internal static class RotelValidation
{
    /// <summary>Below this not even a few requests fit.</summary>
    public const long LeastMemory = 1L << 20;

    public static void Validate(RotelOptions options, IReadOnlyList<ConfiguredExporter>[] routes, ConfigurationErrors errors)
    {
        var global = errors.In(SettingScope.Global);
        ReceiverSettings.Validate(options.Otlp, global);
        ListenerSettings.Validate(options.Otlp, global);
        SharedExporterSettings.Validate(options.Batch, "", global);
        SharedExporterSettings.Validate(options.Retry, GlobalSettings.RetryPrefix, global);
        foreach (var signal in OtlpSignals.Mergeable)
            SharedExporterSettings.Validate(options.For(signal).Batch, $"{signal.Name()}_", global);

        if (options.MemoryLimit < LeastMemory)
            global.Add(GlobalSettings.MemoryLimit, $"must be {SettingForms.ByteSize.Write(LeastMemory)} or more");
        if (options.DrainTimeout < TimeSpan.Zero)
            global.Add(GlobalSettings.DrainTimeout, "must not be negative; 0s delivers nothing more on shutdown");
        SharedExporterSettings.ValidateLength(options.DrainTimeout, GlobalSettings.DrainTimeout, global);
        if (!Enum.IsDefined(options.DebugLog.Verbosity))
            global.Add(GlobalSettings.DebugLogVerbosity, $"expected {SettingForms.OneOf<DebugLogVerbosity>().Description}");

        foreach (var exporter in options.Exporters.All)
        {
            var signals = OtlpSignals.All.ToArray().Where(signal => routes[(int)signal].Contains(exporter)).ToArray();
            var scoped = errors.In(exporter.Scope);
            SharedExporterSettings.Validate(exporter.Options, scoped);
            exporter.Type.Validate(exporter.Options, signals, scoped);
            ValidateMetadata(options.Otlp, exporter.Options, scoped);
            OwnListener.Validate(options.Otlp, exporter, errors);
        }
    }

    /// <summary>What is to be sent on must be kept first.</summary>
    private static void ValidateMetadata(OtlpReceiverOptions receiver, ExporterOptions options, SettingErrors errors)
    {
        OtlpMetadataOptions[] kept = [receiver.GrpcMetadata, receiver.HttpMetadata];
        var missing = options.MetadataKeys
            .Where(name => RequestHeaders.Problem(name, "") is null)
            .FirstOrDefault(name => !kept.Any(
                of => of.Include && of.Headers.Any(header => header.Trim().Equals(name, StringComparison.OrdinalIgnoreCase))));
        if (missing is not null)
        {
            errors.Add(
                OtlpExporterType.HeadersFromMetadata,
                $"has no effect for '{missing}', which no receiver keeps; add it to {ReceiverSettings.HttpHeadersToInclude} or "
                    + ReceiverSettings.GrpcHeadersToInclude);
        }
    }
}
