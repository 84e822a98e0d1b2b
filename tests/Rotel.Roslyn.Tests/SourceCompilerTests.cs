using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.Roslyn;

public sealed class SourceCompilerTests : IAsyncDisposable
{
    private readonly ProcessorFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public void References_WhereTheProgramIsOneFile_HoldWhatIsUsualAlsoWhenItIsNotLoaded()
    {
        using var references = HostReferences.Collect(trusted: []);

        var names = references.Names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(HostReferences.Usual, name => Assert.Contains(name, names));
    }

    [Fact]
    public void File_WithoutUsings_SeesTheHostsMessages()
    {
        var spans = ProcessorFolder.Run(_folder.Traces(_folder.Write("tenant.cs", """
            class Tenant : ITraceProcessor
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context)
                {
                    context.Logger.LogInformation("One.");
                    foreach (var span in resourceSpans.ScopeSpans.SelectMany(scope => scope.Spans))
                        span.Attributes.Add(new KeyValue { Key = "tenant", Value = new AnyValue { StringValue = "a" } });
                }
            }
            """)));

        var attribute = Assert.Single(spans.ScopeSpans[0].Spans[0].Attributes);
        Assert.Equal(("tenant", "a"), (attribute.Key, attribute.Value.StringValue));
    }

    /// <summary>What of the framework nothing here has loaded is there all the same, and so is the newest language.</summary>
    [Fact]
    public void File_ThatUsesTheFrameworkAndTheLanguage_Compiles() => Assert.Equal("1e240 GET", SchemaUrlOf("""
        using System.Numerics;
        using System.IO.Compression;
        using System.Xml.Linq;
        using System.Data;
        using System.Text.RegularExpressions;

        namespace My.Company;

        static class Texts
        {
            extension(string text)
            {
                public string Verb => Regex.Match(text, "^[A-Z]+").Value;
            }
        }

        public sealed record Seen(string Name)
        {
            public string Known { get => field ??= Name; set; }
        }

        public class All : IAsyncTraceProcessor
        {
            public async ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context)
            {
                await Task.Yield();
                var seen = new Seen(resourceSpans.ScopeSpans[0].Spans[0].Name);
                _ = (new DataTable(), new XElement("a"), CompressionLevel.Fastest);
                resourceSpans.SchemaUrl = $"{BigInteger.Parse("123456"):x} {seen.Known.Verb}";
            }
        }
        """));

    [Fact]
    public void File_ThatIsWrong_HasTheCompilersMessagesWithItsLines()
    {
        var path = _folder.Write("wrong.cs", """
            class Wrong : ITraceProcessor
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context)
                {
                    resourceSpans.Colour = 1;
                    return 1;
                }
            }
            """);

        Assert.Equal(
            [
                $"{path}(5,23): error CS1061: 'ResourceSpans' does not contain a definition for 'Colour' and no accessible extension "
                + "method 'Colour' accepting a first argument of type 'ResourceSpans' could be found (are you missing a using directive or "
                + "an assembly reference?)",
                $"{path}(6,9): error CS0127: Since 'Wrong.Process(ResourceSpans, ProcessorContext)' returns void, a return keyword must "
                + "not be followed by an object expression",
            ],
            _folder.Errors(path));
    }

    [Fact]
    public void File_WithManyErrors_SaysTheFirst()
    {
        var source = string.Concat(Enumerable.Range(1, 50).Select(n => $"class C{n} : Unknown;\n"));
        var errors = _folder.Errors(_folder.Write("many.cs", source));

        Assert.Equal(SourceCompiler.MaxMessages + 1, errors.Count);
        Assert.Contains("many.cs(1,12): error CS0246", errors[0], StringComparison.Ordinal);
        Assert.Equal("and 30 more", errors[^1]);
    }

    [Theory]
    [InlineData("Console.WriteLine();", "error CS8805")]
    [InlineData("#:package Newtonsoft.Json@13.0.3\nclass A;", "error CS9298")]
    [InlineData("#r \"x.dll\"\nclass A;", "error CS7011")]
    [InlineData("class A { unsafe void B(int* c) { } }", "error CS0227")]
    [InlineData("class A { Rotel.Pipelines.Pipeline? B; }", "error CS0122")]
    [InlineData("\0\u0001\u0002", "error CS1056")]
    public void File_ThatIsNoProcessorsFile_IsRefusedByTheCompiler(string source, string expected) =>
        Assert.Contains(expected, _folder.Errors(_folder.Write("odd.cs", source))[0], StringComparison.Ordinal);

    private string SchemaUrlOf(string source) =>
        ProcessorFolder.Run(_folder.Traces(_folder.Write("all.cs", source))).SchemaUrl.TrimStart('0');

    [Fact]
    public void Name_OfAnAssemblyThatSeesInternals_GivesNoAccess() => Assert.Contains(
        "error CS0122",
        _folder.Errors(_folder.Write("Rotel.Tests.cs", "class A { Rotel.Pipelines.Pipeline? B; }"))[0],
        StringComparison.Ordinal);

    [Fact]
    public void File_WithWarnings_CompilesAndShowsThem()
    {
        var path = _folder.Write("warned.cs", """
            class Warned : ITraceProcessor
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context)
                {
                    string text = null;
                    resourceSpans.SchemaUrl = text ?? "";
                }
            }
            """);

        ProcessorFolder.Run(_folder.Traces(path));
        Assert.Equal(
            [$"{path}(5,23): warning CS8600: Converting null literal or possible null value to non-nullable type."],
            _folder.Files.Warnings);
    }

    [Fact]
    public void Exception_OfAFile_SaysWhereItWasThrown()
    {
        var path = _folder.Write("throws.cs", """
            class Throws : ITraceProcessor
            {
                public void Process(ResourceSpans resourceSpans, ProcessorContext context) =>
                    throw new InvalidOperationException("No.");
            }
            """);
        var processor = _folder.Traces(path);

        var exception = Assert.Throws<InvalidOperationException>(() => processor.Process(new ResourceSpans(), null!));

        Assert.Contains($"{path}:line 4", exception.StackTrace!, StringComparison.Ordinal);
    }
}
