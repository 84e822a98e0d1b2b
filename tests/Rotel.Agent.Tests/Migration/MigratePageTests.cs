using Rotel.Agent.Migration.Collector;
using Rotel.TestKit;

namespace Rotel.Agent.Tests.Migration;

/// <summary>docs/migrate.md names the components that are carried over, and no others.</summary>
public sealed class MigratePageTests
{
    private static readonly string[] Kinds = ["receiver", "processor", "exporter", "extension"];

    [Fact]
    public void Components_OfThePageAndOfTheCode_AreTheSame()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "migrate.md"));
        var listed = page.Split('\n')
            .Where(line => Kinds.Any(kind => line.StartsWith($"| {kind}", StringComparison.Ordinal)))
            .SelectMany(line => line.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1));

        Assert.Equal(
            CollectorComponents.Receivers.Concat(CollectorComponents.Processors).Concat(CollectorComponents.Exporters.Keys)
                .Concat(CollectorComponents.DebugExporters).Concat(CollectorComponents.Extensions).Distinct().Order(StringComparer.Ordinal),
            listed.Distinct().Order(StringComparer.Ordinal));
    }
}
