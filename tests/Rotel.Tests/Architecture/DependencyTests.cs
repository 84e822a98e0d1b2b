using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rotel.TestKit;

namespace Rotel.Architecture;

/// <summary>The rules of the house that a compiler does not know.</summary>
public sealed partial class DependencyTests
{
    private static readonly string Root = Checkout.Root;

    /// <summary>The projects that each project may reference, as <c>docs/architecture.md</c> draws them.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Rotel.Core"] = [],
        ["Rotel.Receivers"] = ["Rotel.Core"],
        ["Rotel.Processors"] = ["Rotel.Core"],
        ["Rotel.Exporters"] = ["Rotel.Core"],
        ["Rotel"] = ["Rotel.Receivers", "Rotel.Processors", "Rotel.Exporters"],
        ["Rotel.Kafka"] = ["Rotel"],
        ["Rotel.Roslyn"] = ["Rotel"],
        ["Rotel.Agent"] = ["Rotel", "Rotel.Kafka", "Rotel.Roslyn"],
    };

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Fact]
    public void Source_ItsFolders_AreTheProjectsTheRulesSpeakOf() => Assert.Equal(
        Allowed.Keys.Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ItsReferences_PointOnlyTowardsCore(string project) => Assert.Equal(
        Allowed[project].Order(StringComparer.Ordinal),
        Project(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Core_ItsReferences_AreNoWebNoHttpClientAndNoProtobuf()
    {
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions", "System.IO.Hashing"], Packages("Rotel.Core"));
        Assert.Empty(Project("Rotel.Core").Descendants("FrameworkReference"));
        Assert.DoesNotContain(
            typeof(Otlp.OtlpSignal).Assembly.GetReferencedAssemblies(),
            name => name.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || name.Name is "System.Net.Http" or "System.Net.Sockets" or "Google.Protobuf");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void AspNetCore_IsReferencedByReceiversOnly(string project) => Assert.Equal(
        project == "Rotel.Receivers", Project(project).Descendants("FrameworkReference").Any());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Protobuf_IsReferencedByProcessorsOnly(string project)
    {
        if (project != "Rotel.Processors")
            Assert.DoesNotContain("Google.Protobuf", Packages(project));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Compiler_IsReferencedByItsPackageOnly(string project) =>
        Assert.Equal(project == "Rotel.Roslyn", Packages(project).Contains("Microsoft.CodeAnalysis.CSharp"));

    [Fact]
    public void Configuration_IsReadInOneFolderOnly()
    {
        string[] readers = ["IConfiguration ", "IConfiguration?", "IConfiguration>", "GetEnvironmentVariable"];
        var allowed = Path.Combine(Root, "src", "Rotel", "Configuration") + Path.DirectorySeparatorChar;
        var elsewhere = SourceFiles()
            .Where(file => !file.StartsWith(allowed, StringComparison.Ordinal))
            .Where(file => readers.Any(File.ReadAllText(file).Contains))
            .Select(file => Path.GetRelativePath(Root, file));

        // The runtime of a container hands its configuration over and reads nothing of it.
        Assert.Equal([Path.Combine("src", "Rotel", "Hosting", "RotelRuntime.cs")], elsewhere);
    }

    [Fact]
    public void Types_TheirNames_SayWhatTheyAre() => Assert.DoesNotContain(
        SourceFiles().SelectMany(file => TypeName().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)),
        name => EmptyName().IsMatch(name));

    [GeneratedRegex(@"^\s*(?:[a-z]+ )*(?:class|struct|record|interface|enum) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Base|Impl)$")]
    private static partial Regex EmptyName();

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string[] Packages(string project) =>
        [.. Project(project).Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value)];

    private static XDocument Project(string name) => XDocument.Load(Path.Combine(Root, "src", name, $"{name}.csproj"));
}
