using System.Text.Json;
using System.Text.Json.Nodes;
using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class JsonObfuscationTests : IDisposable
{
    private const string Canary = "Zq7canary";

    private readonly ObfuscatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("""{ "find" : "users", "filter" : { "name" : "secret", "age" : { "$gt" : 21 } }, "limit" : 5 }""",
        """{"find":"?","filter":{"name":"?","age":{"$gt":"?"}},"limit":"?"}""")]
    [InlineData("""{"a":[1,"b",null,true,false,-1.5e3,{}],"c":[]}""", """{"a":["?","?","?","?","?","?",{}],"c":[]}""")]
    [InlineData("{\"index\":{}}\n{\"name\":\"secret\"}\n", """{"index":{}}{"name":"?"}""")]
    [InlineData("""{"a\"b":"sec\"ret\\"}""", """{"a\"b":"?"}""")]
    [InlineData("\"secret\"", "\"?\"")]
    [InlineData("4711", "\"?\"")]
    [InlineData("[]", "[]")]
    [InlineData("""{"a":"sec""", """{"a":...""")]
    [InlineData("""{"a":"x","sec""", """{"a":"?",...""")]
    [InlineData("""{"a":"x" "secret"}""", """{"a":"?"...""")]
    [InlineData("""{"a":"say "secret" now"}""", """{"a":"?"...""")]
    [InlineData("""{"a":"x","secret"}""", """{"a":"?",...""")]
    [InlineData("""{'a':'secret'}""", "{...")]
    [InlineData("""{"a":ObjectId("secret")}""", """{"a":...""")]
    [InlineData("""{"a":1secret}""", """{"a":"?"...""")]
    [InlineData("""{"a":tru""", """{"a":...""")]
    [InlineData("""{"a":1]""", """{"a":"?"...""")]
    [InlineData("[1}", "[\"?\"...")]
    [InlineData("""{"a":1}}secret""", """{"a":"?"}...""")]
    [InlineData("db.users.find({})", "...")]
    [InlineData(" ", "...")]
    public void Json_KeepsKeysAndHidesValues(string document, string expected) =>
        Assert.Equal(expected, _bench.Apply(ObfuscationKind.Json, document));

    [Theory]
    [InlineData("""{"find":"users","filter":{"a":1}}""", """{"find":"?","filter":{"a":"?"}}""")]
    [InlineData("find users", "find users")]
    [InlineData("users.find({name: 'secret'})", "users.find...")]
    [InlineData("GET /index/_search?q=secret", "GET /index/_search...")]
    public void Resource_OfADocument_IsTheHiddenDocumentOrAName(string resource, string expected) =>
        Assert.Equal(expected, _bench.Resource(SpanFamily.Document, resource));

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("[[],")]
    [InlineData("1 ")]
    [InlineData("\"\\")]
    public void Json_OfAMillionBytes_NeitherOverflowsNorTakesForever(string piece)
    {
        var result = _bench.Apply(ObfuscationKind.Json, string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length)));
        Assert.True(result.EndsWith("...", StringComparison.Ordinal) || piece == "1 ");
    }

    /// <summary>System.Text.Json writes, and reads what is left: the same keys in the same places, and nothing of the values.</summary>
    [Fact]
    public void Json_OfGeneratedDocuments_IsTheSameStructureWithoutValues()
    {
        for (var seed = 1; seed <= 3_000; seed++)
        {
            var random = new Random(seed);
            var document = Generate(random, depth: 4)!;
            var text = document.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(2) == 0 });
            var result = _bench.Apply(ObfuscationKind.Json, text);

            Assert.True(JsonNode.DeepEquals(Hidden(document), JsonNode.Parse(result)), $"seed {seed}: {text} => {result}");
            Assert.True(_bench.Apply(ObfuscationKind.Json, result) == result, $"seed {seed}: {result}");

            var cut = _bench.Apply(ObfuscationKind.Json, Cut(text, random.Next(1, text.Length)));
            Assert.True(!cut.Contains(Canary, StringComparison.Ordinal) && !cut.Contains("8316245970", StringComparison.Ordinal), $"seed {seed}: {cut}");
        }
    }

    private static string Cut(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static JsonNode? Generate(Random random, int depth)
    {
        switch (random.Next(depth == 4 ? 2 : depth == 0 ? 5 : 7) + (depth == 4 ? 5 : 0))
        {
            case 5:
                var array = new JsonArray();
                for (var i = random.Next(4); i > 0; i--)
                    array.Add(Generate(random, depth - 1));
                return array;
            case 6:
                var fields = new JsonObject();
                for (var i = random.Next(4); i > 0; i--)
                    fields[$"k{i}\"\\é😀"] = Generate(random, depth - 1);
                return fields;
            case 0:
                return JsonValue.Create(8316245970);
            case 1:
                return JsonValue.Create(random.Next(2) == 0);
            case 2:
                return null;
            default:
                return JsonValue.Create($"\"}},{{[]:\\{Canary}\n😀");
        }
    }

    private static JsonNode Hidden(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Hidden(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Hidden)]),
        _ => JsonValue.Create("?"),
    };
}
