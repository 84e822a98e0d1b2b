using Rotel.Certificates;

namespace Rotel.Settings;

/// <summary>The forms that settings are written in. All read trimmed text, and none repeats in an error what it read.</summary>
internal static class SettingForms
{
    /// <summary>Numbers with units: <c>250ms</c>, <c>5s</c>, <c>1m30s</c>, <c>1h 2m</c>. A bare number is an error.</summary>
    public static SettingForm<TimeSpan> Duration { get; } = new DurationForm();

    /// <summary><c>true</c> or <c>false</c> in any case; also <c>1</c> and <c>0</c>.</summary>
    public static SettingForm<bool> Boolean { get; } = new BooleanForm();

    /// <summary>A number of bytes from 1, plain or with a unit: <c>512KB</c> is 512,000, <c>4MiB</c> is 4,194,304.</summary>
    public static SettingForm<long> ByteSize { get; } = new ByteSizeForm(1, long.MaxValue);

    /// <summary>Any text.</summary>
    public static SettingForm<string> Text { get; } = new TextForm("text");

    /// <summary>The path of a file or a directory.</summary>
    public static SettingForm<string> FilePath { get; } = new TextForm("a path");

    /// <summary>Certificates or a key, as PEM text; never shown.</summary>
    public static SettingForm<string> Pem { get; } = new PemForm();

    /// <summary>Comma-separated items, trimmed; empty ones are dropped.</summary>
    public static SettingForm<IReadOnlyList<string>> List { get; } = new ListForm();

    /// <summary>
    /// <c>name=value,name2=value2</c>; the first <c>=</c> of an item splits it. A setter adds or replaces by name, so that sources merge. A
    /// value that contains a comma can be given only in a configuration section or in code.
    /// </summary>
    public static SettingForm<IReadOnlyList<KeyValuePair<string, string>>> Pairs { get; } = new PairsForm();

    /// <summary>Where to send to: <c>http(s)://host[:port][/path]</c>; without a scheme it is http.</summary>
    public static SettingForm<Uri> Endpoint { get; } = new EndpointForm();

    /// <summary>A version of TLS: <c>1.2</c> or <c>1.3</c>.</summary>
    public static SettingForm<TlsVersion> TlsVersion { get; } = new TlsVersionForm();

    /// <summary>A whole number in a range.</summary>
    public static SettingForm<int> Integer(int min = 0, int max = int.MaxValue) => new IntegerForm(min, max);

    /// <summary>A number in a range, with a decimal point where it has a fraction.</summary>
    public static SettingForm<double> Number(double min, double max) => new NumberForm(min, max);

    /// <summary>As <see cref="ByteSize"/>, in a range.</summary>
    public static SettingForm<long> ByteSizeBetween(long min, long max) => new ByteSizeForm(min, max);

    /// <summary>
    /// The members of an enumeration, written in snake case (<c>drop_oldest</c>) and read in any case, with <c>-</c>, <c>_</c> or neither.
    /// </summary>
    public static SettingForm<TEnum> OneOf<TEnum>()
        where TEnum : struct, Enum => OneOfForm<TEnum>.Instance;

    /// <summary>Several members of an enumeration, separated by commas, each written as with <see cref="OneOf"/>.</summary>
    public static SettingForm<IReadOnlyList<TEnum>> AnyOf<TEnum>()
        where TEnum : struct, Enum => AnyOfForm<TEnum>.Instance;
}
