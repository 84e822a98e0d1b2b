using System.Text;

namespace Rotel.Processors.Detection;

/// <summary>
/// What an operator says in <c>OTEL_RESOURCE_ATTRIBUTES</c> and <c>OTEL_SERVICE_NAME</c>
/// (https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable): an error in the
/// first discards it whole, and the second wins.
/// </summary>
internal sealed class EnvironmentDetector : IResourceDetector
{
    private const string AttributesVariable = "OTEL_RESOURCE_ATTRIBUTES";
    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";

    public bool MayBlock => false;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        findings.Add(ResourceAttributeNames.ServiceName, context.Surroundings.Variable(ServiceNameVariable));
        if (context.Surroundings.Variable(AttributesVariable) is not { } text)
            return ValueTask.CompletedTask;

        if (Read(text) is { } attributes)
        {
            foreach (var (name, value) in attributes)
                findings.Add(name, value);
        }
        else
        {
            findings.Fail($"{AttributesVariable} is not a list of name=value pairs in percent-encoding, so nothing of it counts");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The attributes, of a name given twice the last; null when anything is wrong.</summary>
    private static OrderedDictionary<string, string>? Read(string text)
    {
        var attributes = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var split = item.IndexOf('=', StringComparison.Ordinal);
            if (split < 0 || Decode(item[..split].TrimEnd()) is not { Length: > 0 } name || Decode(item[(split + 1)..].TrimStart()) is not { } value)
                return null;
            attributes[name] = value;
        }

        return attributes;
    }

    private static string? Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)'%')
            {
                bytes[length++] = bytes[i];
                continue;
            }

            if (i + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[i + 1]) || !char.IsAsciiHexDigit((char)bytes[i + 2]))
                return null;
            bytes[length++] = Convert.FromHexString([(char)bytes[i + 1], (char)bytes[i + 2]])[0];
            i += 2;
        }

        var decoded = bytes.AsSpan(0, length);
        return System.Text.Unicode.Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
    }
}
