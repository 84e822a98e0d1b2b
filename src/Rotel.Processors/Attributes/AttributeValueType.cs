namespace Rotel.Processors.Attributes;

/// <summary>The types that <see cref="AttributeActionList.Convert"/> makes of values.</summary>
public enum AttributeValueType
{
    /// <summary>Text, <c>string</c> in settings: numbers in decimal, bytes in base64, arrays and key-value lists as JSON.</summary>
    Text,

    /// <summary>
    /// A 64-bit integer, <c>int</c> in settings: of a text in decimal, of a double what stands before the point, of true 1.
    /// </summary>
    WholeNumber,

    /// <summary>A double, <c>double</c> in settings: of a text in decimal, of true 1.</summary>
    FloatingPoint,

    /// <summary>
    /// A boolean, <c>bool</c> in settings: of a text <c>true</c>, <c>1</c>, <c>t</c>, <c>y</c>, <c>yes</c> and <c>false</c>, <c>0</c>,
    /// <c>f</c>, <c>n</c>, <c>no</c> in any case; of a number whether it is not 0.
    /// </summary>
    Boolean,
}
