using System.Reflection;
using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Diagnostics;

/// <summary>
/// Telemetry that Rotel made about itself, known by its instrumentation scope wherever it comes from: Rotel's own pipelines, or the
/// application's SDK, which listens to the meter and the activity source of this name.
/// </summary>
internal static class OwnTelemetry
{
    /// <summary>The name of the meter, of the activity source, and of the scope of everything that comes from them.</summary>
    public const string Name = "Rotel";

    private const uint Child = (CollectorFields.ExportRequest.Resources << 3) | WireTag.Len;
    private const uint Scopes = (CollectorFields.ResourceEnvelope.Scopes << 3) | WireTag.Len;
    private const uint Scope = (CollectorFields.ScopeEnvelope.Scope << 3) | WireTag.Len;
    private const uint ScopeName = (CommonFields.InstrumentationScope.Name << 3) | WireTag.Len;

    /// <summary>The version of this build, of which all assemblies are, without its commit.</summary>
    public static string Version { get; } =
        typeof(OwnTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    /// <summary>
    /// Whether everything in a body is Rotel's own: at least one scope, and all of this name. Looks at envelopes only, and no further than
    /// to the first scope of another name, which in nearly every body is the first.
    /// </summary>
    public static bool IsAll(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        if (!signal.IsMergeable())
            return false;

        try
        {
            var reader = new WireReader(body);
            var isAny = false;
            while (reader.TryReadTag(out uint tag))
            {
                if (tag != Child)
                    reader.Skip(tag);
                else if (!AreAllInResource(reader.ReadBytes(), ref isAny))
                    return false;
            }

            return isAny;
        }
        catch (WireFormatException)
        {
            // Bodies of our own process are only looked at from outside at the door.
            return false;
        }
    }

    private static bool AreAllInResource(ReadOnlySpan<byte> resource, ref bool isAny)
    {
        var reader = new WireReader(resource);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag != Scopes)
            {
                reader.Skip(tag);
                continue;
            }

            if (!IsNamedSo(reader.ReadBytes()))
                return false;
            isAny = true;
        }

        return true;
    }

    private static bool IsNamedSo(ReadOnlySpan<byte> envelope)
    {
        var reader = new WireReader(envelope);
        var isNamed = false;
        while (reader.TryReadTag(out uint tag))
        {
            if (tag != Scope)
            {
                reader.Skip(tag);
                continue;
            }

            var scope = new WireReader(reader.ReadBytes());
            while (scope.TryReadTag(out uint field))
            {
                if (field != ScopeName)
                    scope.Skip(field);
                else if (!scope.ReadBytes().SequenceEqual("Rotel"u8))
                    return false;
                else
                    isNamed = true;
            }
        }

        return isNamed;
    }
}
