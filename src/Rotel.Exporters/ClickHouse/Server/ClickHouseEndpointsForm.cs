using System.Diagnostics.CodeAnalysis;
using Rotel.Exporters.Http;
using Rotel.Settings;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>One URL of ClickHouse's HTTP interface, or several separated by commas.</summary>
internal sealed class ClickHouseEndpointsForm : SettingForm<IReadOnlyList<Uri>>
{
    private ClickHouseEndpointsForm()
    {
    }

    public static ClickHouseEndpointsForm Instance { get; } = new();

    public override string Description => "a URL such as http://clickhouse:8123, or several separated by commas";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out IReadOnlyList<Uri> value, [NotNullWhen(false)] out string? problem) =>
        TryRead(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), out value, out problem);

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<Uri> value,
        [NotNullWhen(false)] out string? problem) =>
        TryRead([.. items.Select(item => item.Value.Trim()).Where(item => item.Length > 0)], out value, out problem);

    public override string Write(IReadOnlyList<Uri> value) => string.Join(',', value.Select(url => url.OriginalString));

    /// <summary>Without what a wrong one may hold: the check of options says what is wrong with it.</summary>
    public override string Display(IReadOnlyList<Uri> value) =>
        string.Join(',', value.Select(url => PeerText.Show(ClickHouseEndpoint.WithScheme(url)).TrimEnd('/')));

    private bool TryRead(
        string[] items, [MaybeNullWhen(false)] out IReadOnlyList<Uri> value, [NotNullWhen(false)] out string? problem)
    {
        var urls = new List<Uri>(items.Length);
        value = null;
        foreach (var item in items)
        {
            var text = item.Contains("://", StringComparison.Ordinal) ? item : $"http://{item}";
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            {
                problem = $"expected {Description}";
                return false;
            }

            problem = ClickHouseEndpoint.Problem(url);
            if (problem is not null)
                return false;
            urls.Add(url);
        }

        problem = urls.Count == 0 ? $"expected {Description}" : null;
        value = urls;
        return problem is null;
    }
}
