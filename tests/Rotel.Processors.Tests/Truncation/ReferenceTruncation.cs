using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.Processors.Truncation;

/// <summary>Truncation on objects: whatever value there is, wherever it is.</summary>
internal static class ReferenceTruncation
{
    public static void Apply(IMessage message, int maxBytes)
    {
        if (message is AnyValue { HasStringValue: true } text)
            text.StringValue = Cut(text.StringValue, maxBytes);
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
        {
            var value = field.Accessor.GetValue(message);
            foreach (var child in value as System.Collections.IEnumerable ?? new[] { value })
            {
                if (child is IMessage nested)
                    Apply(nested, maxBytes);
            }
        }
    }

    public static string Cut(string text, int maxBytes)
    {
        var cut = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
                break;
            cut.Append(rune);
        }

        return cut.ToString();
    }
}
