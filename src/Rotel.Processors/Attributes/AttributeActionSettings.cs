using System.Text.RegularExpressions;
using Rotel.Processors.Editing;
using Rotel.Settings;

namespace Rotel.Processors.Attributes;

/// <summary>
/// The rows of settings that fill an <see cref="AttributeActionList"/>, and its checks. Settings have no order among each other, so there
/// the kinds do: what reads values comes before what hides them.
/// </summary>
internal static class AttributeActionSettings
{
    public static IReadOnlyList<Setting> Rows<TOptions>(Func<TOptions, AttributeActionList> of)
        where TOptions : class =>
    [
        Pairs(of, AttributeActionRow.Insert, "Attributes to add where their keys are not there, as text.", Set(AttributeActionKind.Insert)),
        Pairs(of, AttributeActionRow.InsertFrom, "The same, each with the value of another attribute.", Copy(AttributeActionKind.Insert)),
        Pairs(of, AttributeActionRow.Update, "Attributes to change where their keys are there.", Set(AttributeActionKind.Update)),
        Pairs(of, AttributeActionRow.UpdateFrom, "The same, each with the value of another attribute.", Copy(AttributeActionKind.Update)),
        Pairs(of, AttributeActionRow.Upsert, "Attributes to add or change.", Set(AttributeActionKind.Upsert)),
        Pairs(of, AttributeActionRow.UpsertFrom, "The same, each with the value of another attribute.", Copy(AttributeActionKind.Upsert)),
        Pairs(
            of, AttributeActionRow.Extract, "Regular expressions, each for a key, whose named groups become attributes.",
            (key, text) => new(AttributeActionKind.Extract) { Key = key, Pattern = text }),
        Pairs(
            of, AttributeActionRow.Convert, "The types that values are given: `string`, `int`, `double` or `bool`.",
            (key, text) => new(AttributeActionKind.Convert) { Key = key, Type = TypeOf(text), TypeName = text }),
        Pairs(
            of, AttributeActionRow.Rename, "Attributes to give other keys.",
            (key, text) => new(AttributeActionKind.Rename) { Key = key, NewKey = text }),
        List(
            of, AttributeActionRow.Hash, "Attributes whose values are replaced by their SHA-256.",
            item => new(AttributeActionKind.Hash) { Key = item }),
        List(
            of, AttributeActionRow.HashPatterns, "Regular expressions for the keys of such attributes.",
            item => new(AttributeActionKind.Hash) { Pattern = item }),
        List(of, AttributeActionRow.Delete, "Attributes to remove.", item => new(AttributeActionKind.Delete) { Key = item }),
        List(
            of, AttributeActionRow.DeletePatterns, "Regular expressions for the keys of such attributes.",
            item => new(AttributeActionKind.Delete) { Pattern = item }),
    ];

    public static void Validate(AttributeActionList actions, SettingErrors errors)
    {
        foreach (var action in actions)
        {
            if (Problem(action) is { } problem)
                errors.Add(NameOf(action.Row), problem);
        }
    }

    private static string? Problem(AttributeAction action)
    {
        if (action.Key is { Length: 0 } || action.NewKey is { Length: 0 } || action.FromKey is { Length: 0 })
            return "has an empty key; name an attribute";
        if (action.Key is not null && (action.Key == action.FromKey || action.Key == action.NewKey))
            return $"names {action.Key} twice; give it another attribute";
        if (action.Kind == AttributeActionKind.Convert && action.Type is not { } type)
            return $"expected string, int, double or bool as the type of {action.Key}";
        if (action.Kind == AttributeActionKind.Convert && !Enum.IsDefined(action.Type!.Value))
            return $"has an unknown type for {action.Key}; use one of {nameof(AttributeValueType)}";
        return action.Pattern is null ? null : PatternProblem(action);
    }

    private static string? PatternProblem(AttributeAction action)
    {
        try
        {
            var pattern = UserPattern.Compile(action.Pattern!);
            return action.Kind == AttributeActionKind.Extract && !Steps.ExtractStep.GroupsOf(pattern).Any()
                ? $"the pattern for {action.Key} has no named group; write (?<name>...) around what to extract"
                : null;
        }
        catch (RegexParseException exception)
        {
            return $"has a regular expression that cannot be read: {exception.Message}";
        }
    }

    private static AttributeValueType? TypeOf(string text) => text.ToLowerInvariant() switch
    {
        "string" => AttributeValueType.Text,
        "int" => AttributeValueType.WholeNumber,
        "double" => AttributeValueType.FloatingPoint,
        "bool" => AttributeValueType.Boolean,
        _ => null,
    };

    private static Func<string, string, AttributeAction> Set(AttributeActionKind kind) =>
        (key, text) => new(kind) { Key = key, Value = text };

    private static Func<string, string, AttributeAction> Copy(AttributeActionKind kind) =>
        (key, text) => new(kind) { Key = key, FromKey = text };

    private static Setting<TOptions, IReadOnlyList<KeyValuePair<string, string>>> Pairs<TOptions>(
        Func<TOptions, AttributeActionList> of, AttributeActionRow row, string summary, Func<string, string, AttributeAction> make)
        where TOptions : class =>
        new(
            NameOf(row), SettingForms.Pairs, summary,
            options => In(of(options), row) is { Length: > 0 } actions
                ? actions.Select(action => new KeyValuePair<string, string>(action.Key!, action.Text)).ToArray()
                : null,
            (options, pairs) =>
            {
                foreach (var (key, text) in pairs)
                    of(options).SetFromSettings(make(key, text));
            })
        {
            WhenUnset = "none",
        };

    private static Setting<TOptions, IReadOnlyList<string>> List<TOptions>(
        Func<TOptions, AttributeActionList> of, AttributeActionRow row, string summary, Func<string, AttributeAction> make)
        where TOptions : class =>
        new(
            NameOf(row), SettingForms.List, summary,
            options => In(of(options), row) is { Length: > 0 } actions ? actions.Select(action => action.Text).ToArray() : null,
            (options, items) =>
            {
                of(options).ClearRow(row);
                foreach (var item in items)
                    of(options).SetFromSettings(make(item));
            })
        {
            WhenUnset = "none",
        };

    private static AttributeAction[] In(AttributeActionList actions, AttributeActionRow row) => [.. actions.Where(action => action.Row == row)];

    private static string NameOf(AttributeActionRow row) => row switch
    {
        AttributeActionRow.Insert => "insert",
        AttributeActionRow.InsertFrom => "insert_from",
        AttributeActionRow.Update => "update",
        AttributeActionRow.UpdateFrom => "update_from",
        AttributeActionRow.Upsert => "upsert",
        AttributeActionRow.UpsertFrom => "upsert_from",
        AttributeActionRow.Extract => "extract",
        AttributeActionRow.Convert => "convert",
        AttributeActionRow.Rename => "rename",
        AttributeActionRow.Hash => "hash",
        AttributeActionRow.HashPatterns => "hash_patterns",
        AttributeActionRow.Delete => "delete",
        _ => "delete_patterns",
    };
}
