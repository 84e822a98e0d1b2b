using Rotel.Otlp;
using Rotel.Processors.Files;
using Rotel.Processors.Typed;

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

    /// <summary>A step of the application's own.</summary>
    /// <param name="Signal">The signal it is for.</param>
    /// <param name="DefaultName">In logs and metrics, unless its options say otherwise.</param>
    /// <param name="Source">Of its object.</param>
    /// <param name="Configure">Sets its options, on top of what is set for all.</param>
    public sealed record User(OtlpSignal Signal, string DefaultName, TypedSource Source, Action<TypedProcessorOptions> Configure)
        : ProcessorStep
    {
        public override string Name => OptionsOver(new TypedProcessorOptions()).Name ?? DefaultName;

        /// <summary>Its own options on top of those for all.</summary>
        public TypedProcessorOptions OptionsOver(TypedProcessorOptions all)
        {
            var options = all.Copy();
            Configure(options);
            return options;
        }

        public override bool WorksOn(OtlpSignal signal) => signal == Signal;
    }

    /// <summary>One class of a file that was loaded.</summary>
    /// <param name="Signal">The signal it was named for.</param>
    /// <param name="FromFile">The class.</param>
    public sealed record Loaded(OtlpSignal Signal, ProcessorFileStep FromFile) : ProcessorStep
    {
        public override string Name => FromFile.Name;

        public override bool WorksOn(OtlpSignal signal) => signal == Signal;
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
