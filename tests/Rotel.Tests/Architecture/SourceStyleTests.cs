using System.Text.RegularExpressions;
using Rotel.TestKit;

namespace Rotel.Architecture;

/// <summary>
/// What <c>.editorconfig</c> asks of sources and the build cannot enforce: the compiler does not run these rules of the IDE, and
/// <c>dotnet format</c> takes minutes to.
/// </summary>
public sealed partial class SourceStyleTests
{
    private static readonly string[] Folders = ["src", "tests", "samples", "benchmarks"];
    private static readonly string[] NotOurs = ["obj", "bin", "artifacts", "node_modules"];

    [Fact]
    public void Sources_AllOfThem_AreUtf8WithoutMarkAndEndInOneLineFeed() => AssertNone(Sources().Where(file =>
    {
        var bytes = File.ReadAllBytes(file);
        return bytes is [0xEF, 0xBB, 0xBF, ..] || bytes.Contains((byte)'\r') || bytes is not [.., not (byte)'\n', (byte)'\n'];
    }));

    [Fact]
    public void Usings_OfEachFile_AreSortedWithSystemFirst() => AssertNone(Sources().Where(file =>
    {
        var names = File.ReadLines(file).SkipWhile(line => !Using().IsMatch(line))
            .TakeWhile(line => Using().IsMatch(line)).Select(line => Using().Match(line).Groups["name"].Value).ToList();
        return !names.SequenceEqual(names
            .OrderBy(name => name.Split('.')[0] != "System").ThenBy(name => name, StringComparer.OrdinalIgnoreCase));
    }));

    [Fact]
    public void Fields_OfEveryType_AreNamedAsTheirKindIs() => AssertNone(Lines(line =>
        (Constant().Match(line) is { Success: true } constant && !char.IsUpper(constant.Groups["name"].Value[0]))
        || (PrivateField().Match(line) is { Success: true } field && !Camel().IsMatch(field.Groups["name"].Value))));

    [Fact]
    public void Lines_OfCode_SayNeitherThisOfAFieldNorTheLongNameOfAType() => AssertNone(Lines(line =>
        !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && (Qualified().IsMatch(line) || LongName().IsMatch(line))));

    private static IEnumerable<string> Sources() => Folders.SelectMany(folder =>
        Directory.EnumerateFiles(Checkout.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Checkout.Root, file).Split(Path.DirectorySeparatorChar).Intersect(NotOurs).Any()));

    private static IEnumerable<string> Lines(Func<string, bool> isWrong) => Sources().SelectMany(file =>
        File.ReadLines(file).Index().Where(line => isWrong(line.Item)).Select(line => $"{file}({line.Index + 1}): {line.Item.Trim()}"));

    private static void AssertNone(IEnumerable<string> found) => Assert.Equal([], found.ToArray());

    [GeneratedRegex(@"^using (?<name>[A-Z][\w.]*);$")]
    private static partial Regex Using();

    [GeneratedRegex(
        @"^ +(?:(?:public|private|protected|internal) )+(?:new )?(?:const|static readonly) "
        + @"(?:\([^()]*\)|[^=;({])* (?<name>\w+)(?:;| =[^>]| =$)")]
    private static partial Regex Constant();

    [GeneratedRegex(
        @"^ +private (?!const |static readonly |event |delegate |record |class |sealed )"
        + @"(?:\([^()]*\)|[^=;{(])* (?<name>\w+)(?:;| =[^>]| =$)")]
    private static partial Regex PrivateField();

    [GeneratedRegex("^_[a-z_]")]
    private static partial Regex Camel();

    [GeneratedRegex(@"\bthis\._\w")]
    private static partial Regex Qualified();

    [GeneratedRegex(
        @"[ (<](?:U?Int(?:16|32|64)|Boolean|String|Object|Single|Double|Decimal|Char|S?Byte)\?? [a-z]\w* ?(?:[;,)]|= )")]
    private static partial Regex LongName();
}
