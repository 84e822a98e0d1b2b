using Rotel.TestKit;

namespace Rotel.Conformance;

/// <summary>The page of OTLP conformance is complete: every row is proved, every proof has its row, and the page shows both.</summary>
public sealed class ConformancePageTests
{
    /// <summary>With <c>ROTEL_TEST_WRITE_DOCS=1</c> the page is brought up to date instead of compared.</summary>
    private const string WriteSwitch = "ROTEL_TEST_WRITE_DOCS";

    [Fact]
    public void Rows_EachHaveATestThatProvesThem()
    {
        var proofs = ConformancePage.Proofs();

        Assert.Empty(OtlpChecklist.Rows.Where(row => row.LeftOut is null && !proofs.Contains(row.Id)).Select(row => row.Id));
        Assert.All(OtlpChecklist.Rows.Where(row => row.LeftOut is not null), row => Assert.Equal(OtlpLevel.May, row.Level));
    }

    [Fact]
    public void Proofs_EachHaveTheirRow()
    {
        var rows = OtlpChecklist.Rows.Select(row => row.Id).ToList();

        Assert.Equal(rows.Distinct(), rows);
        Assert.Empty(ConformancePage.Proofs().Select(proof => proof.Key).Except(rows));
    }

    [Fact]
    public async Task Page_IsMadeFromRowsAndProofs()
    {
        var path = Checkout.PathOf("docs", "otlp-conformance.md");
        var expected = ConformancePage.Write(ConformancePage.Proofs());
        if (Environment.GetEnvironmentVariable(WriteSwitch) == "1")
            await File.WriteAllTextAsync(path, expected, TestContext.Current.CancellationToken);

        var page = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        Assert.True(page == expected, $"docs/otlp-conformance.md is out of date; run this test with {WriteSwitch}=1");
    }
}
