using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.Processors.Attributes;

/// <summary>A value for an attribute: text, a number or a boolean is one without further ado. Immutable.</summary>
public sealed class AttributeValue
{
    private readonly AnyValue _value;

    private AttributeValue(AnyValue value)
    {
        _value = value;
        Encoded = value.ToByteArray();
    }

    /// <summary>The AnyValue message.</summary>
    internal byte[] Encoded { get; }

    /// <summary>Makes a value of a text.</summary>
    public static implicit operator AttributeValue(string value) => FromString(value);

    /// <summary>Makes a value of an integer.</summary>
    public static implicit operator AttributeValue(long value) => FromInt64(value);

    /// <summary>Makes a value of a double.</summary>
    public static implicit operator AttributeValue(double value) => FromDouble(value);

    /// <summary>Makes a value of a boolean.</summary>
    public static implicit operator AttributeValue(bool value) => FromBoolean(value);

    /// <summary>Makes a value of a text.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The value.</returns>
    public static AttributeValue FromString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new AttributeValue(new AnyValue { StringValue = value });
    }

    /// <summary>Makes a value of an integer.</summary>
    /// <param name="value">The integer.</param>
    /// <returns>The value.</returns>
    public static AttributeValue FromInt64(long value) => new(new AnyValue { IntValue = value });

    /// <summary>Makes a value of a double.</summary>
    /// <param name="value">The double.</param>
    /// <returns>The value.</returns>
    public static AttributeValue FromDouble(double value) => new(new AnyValue { DoubleValue = value });

    /// <summary>Makes a value of a boolean.</summary>
    /// <param name="value">The boolean.</param>
    /// <returns>The value.</returns>
    public static AttributeValue FromBoolean(bool value) => new(new AnyValue { BoolValue = value });

    /// <summary>Makes a value of one as OTLP has it, of whatever type.</summary>
    /// <param name="value">Is copied.</param>
    /// <returns>The value.</returns>
    public static AttributeValue FromAnyValue(AnyValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new AttributeValue(value.Clone());
    }

    /// <summary>Returns the value as OTLP has it.</summary>
    /// <returns>A copy.</returns>
    public AnyValue ToAnyValue() => _value.Clone();

    /// <summary>Returns a text as it is, another value as JSON.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _value.HasStringValue ? _value.StringValue : _value.ToString();
}
