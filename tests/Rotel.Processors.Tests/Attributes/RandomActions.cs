using OpenTelemetry.Proto.Common.V1;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Attributes;

/// <summary>Draws actions whose keys and patterns hit what <see cref="TelemetryGenerator"/> draws.</summary>
internal sealed class RandomActions(int seed)
{
    private static readonly string[] Keys = ["a", "http.request.method", "new", "日本語のログ", "GET /api/v1/orders/{id}", "other", "größer als 5 €", ""];
    private static readonly string[] KeyPatterns = ["^a$", "http", "e", @"\p{IsCyrillic}|日", "(?<!x)method$"];
    private static readonly string[] ValuePatterns =
        ["(?<a>[a-z]+)", "^(?<method>[A-Z]+) (?<new>/[^/]*)", "(?<other>.)(?<never>QQQ)?", "(?<=a)?(?<late>.$)"];

    private readonly Random _random = new(seed);
    private readonly TelemetryGenerator _generator = new(seed);

    public AttributeActionList Draw()
    {
        var actions = new AttributeActionList();
        for (var count = _random.Next(1, 7); count > 0; count--)
        {
            var (key, other) = (OneOf(Keys), OneOf(Keys));
            _ = _random.Next(13) switch
            {
                0 => actions.Insert(key, Value()),
                1 => actions.InsertFrom(key, other),
                2 => actions.Update(key, Value()),
                3 => actions.UpdateFrom(key, other),
                4 => actions.Upsert(key, Value()),
                5 => actions.UpsertFrom(key, other),
                6 => actions.Extract(key, OneOf(ValuePatterns)),
                7 => actions.Convert(key, (AttributeValueType)_random.Next(4)),
                8 => key == other ? actions : actions.Rename(key, other),
                9 => actions.Hash(key),
                10 => actions.HashMatching(OneOf(KeyPatterns)),
                11 => actions.Delete(key),
                _ => actions.DeleteMatching(OneOf(KeyPatterns)),
            };
        }

        return actions;
    }

    private AttributeValue Value() => _random.Next(5) switch
    {
        0 => "text",
        1 => 42,
        2 => 0.5,
        3 => true,
        _ => AttributeValue.FromAnyValue((AnyValue)_generator.Draw(AnyValue.Descriptor)),
    };

    private string OneOf(string[] texts) => texts[_random.Next(texts.Length)];
}
