namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Writes values as they stand in C#, for conditions that show themselves.</summary>
internal static class CSharpText
{
    public static string Literal(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public static string Member<TEnum>(TEnum value)
        where TEnum : struct, Enum => $"{typeof(TEnum).Name}.{value}";
}
