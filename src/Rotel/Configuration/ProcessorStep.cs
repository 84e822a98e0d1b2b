using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>One step that telemetry passes between receivers and exporters.</summary>
internal abstract record ProcessorStep
{
    /// <summary>What it is called in logs and metrics.</summary>
    public abstract string Name { get; }

    public abstract bool WorksOn(OtlpSignal signal);

    /// <summary>A built-in processor.</summary>
    /// <param name="Processor">What it is and how it is set.</param>
    public sealed record BuiltIn(ConfiguredProcessor Processor) : ProcessorStep
    {
        public override string Name => Processor.Name;

        public override bool WorksOn(OtlpSignal signal) => Processor.WorksOn(signal);
    }

    /// <summary>Processors of a signal in a file.</summary>
    /// <param name="Signal">The signal it was named for.</param>
    /// <param name="Path">Of a <c>.dll</c> or a <c>.cs</c> file.</param>
    /// <param name="Setting">The setting that named it; null where code did.</param>
    public sealed record File(OtlpSignal Signal, string Path, string? Setting) : ProcessorStep
    {
        public override string Name => System.IO.Path.GetFileName(Path);

        public override bool WorksOn(OtlpSignal signal) => signal == Signal;
    }
}
