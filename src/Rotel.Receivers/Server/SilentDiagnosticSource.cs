using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Rotel.Receivers.Server;

/// <summary>What Kestrel asks for to announce bad requests, and nobody can subscribe to: a listener would be found by name.</summary>
internal sealed class SilentDiagnosticSource : DiagnosticSource
{
    public override bool IsEnabled(string name) => false;

    [RequiresUnreferencedCode("Demanded by the overridden member; nothing is written.")]
    public override void Write(string name, object? value)
    {
    }
}
