using System.Text.RegularExpressions;
using System.Text.Unicode;
using Rotel.Memory;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>
/// What one edit at a time needs beside the rules, kept with its scratch: regular expressions, verdicts on texts seen before, and the time
/// that the body may still take. 320 KiB, and what the expressions need.
/// </summary>
internal sealed class RedactionState : EditorState
{
    private const int KeyPlaces = 512;
    private const int ValuePlaces = 2048;

    private readonly RedactionRules _rules;
    private readonly Regex[] _blockedKeys;
    private readonly Regex[] _blockedValues;
    private readonly Regex[] _anyBlockedValue;
    private readonly Regex[] _allowedValues;
    private readonly VerdictCache _keys = new(KeyPlaces);
    private readonly VerdictCache _values = new(ValuePlaces);
    private readonly bool _looksAtKeys;
    private readonly MatchAllowance _allowance;
    private readonly Action _onUndecided;

    /// <param name="rules">What is hidden.</param>
    /// <param name="pool">Lends what grows with the body.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onUndecided">Called for each text that patterns needed too long for.</param>
    public RedactionState(RedactionRules rules, BufferPool pool, TimeProvider time, Action onUndecided)
    {
        _rules = rules;
        _looksAtKeys = rules.LooksAtKeys;
        _onUndecided = onUndecided;
        (_blockedKeys, _blockedValues, _allowedValues) = rules.Compile();
        _blockedKeys = RedactionPattern.Combine(_blockedKeys);
        _anyBlockedValue = RedactionPattern.Combine(_blockedValues);
        _allowedValues = RedactionPattern.Combine(_allowedValues);
        _allowance = new MatchAllowance(time, rules.MatchTimeout);
        Masks = new RedactionMasks(rules.Hash);
        if (rules.Summary == RedactionSummary.Silent)
            return;
        Tally = new RedactionTally(rules.Summary, pool);
        ChildTally = new RedactionTally(rules.Summary, pool);
        BodyTally = new RedactionTally(rules.Summary, pool);
    }

    /// <summary>What takes the place of masked values.</summary>
    public RedactionMasks Masks { get; }

    /// <summary>Of the item, or whatever else has attributes; null when nothing is said about it.</summary>
    public RedactionTally? Tally { get; }

    /// <summary>Of an event, a link or an exemplar.</summary>
    public RedactionTally? ChildTally { get; }

    /// <summary>Of a log body.</summary>
    public RedactionTally? BodyTally { get; }

    public override void EndBody()
    {
        _allowance.Reset();
        Tally?.Release();
        ChildTally?.Release();
        BodyTally?.Release();
    }

    /// <summary>Whether an attribute of the key stays, unless its value says otherwise.</summary>
    public bool KeepsKey(EditScratch scratch, ReadOnlySpan<byte> key) => !_looksAtKeys || JudgeKey(scratch, key) == KeyVerdict.Allowed;

    /// <summary>What happens to an attribute of the key.</summary>
    public KeyVerdict JudgeKey(EditScratch scratch, ReadOnlySpan<byte> key)
    {
        if (!_looksAtKeys)
            return KeyVerdict.Allowed;
        var place = -1;
        if (key.Length <= VerdictCache.MaxLength)
        {
            var known = _keys.Find(key, out place);
            if (known != 0)
                return (KeyVerdict)known;
        }

        var chars = Transcode(scratch, key);
        var verdict = _rules.Listed(chars);
        var isDecided = true;
        if (verdict != KeyVerdict.Ignored && _blockedKeys.Length > 0 && Matches(_blockedKeys, chars, key.Length, out isDecided))
            verdict = verdict == KeyVerdict.Deleted ? KeyVerdict.DeletedOrBlocked : KeyVerdict.Blocked;
        if (place >= 0 && isDecided)
            _keys.Put(place, key, (byte)verdict);
        return verdict;
    }

    /// <summary>What the patterns of values say of a text.</summary>
    public ValueVerdict Judge(EditScratch scratch, ReadOnlySpan<byte> text)
    {
        if (_blockedValues.Length == 0)
            return ValueVerdict.Clean;
        var place = -1;
        if (text.Length <= VerdictCache.MaxLength)
        {
            var known = _values.Find(text, out place);
            if (known != 0)
                return (ValueVerdict)known;
        }

        var verdict = ValueVerdict.Clean;
        var chars = Transcode(scratch, text);
        if (Matches(_anyBlockedValue, chars, text.Length, out var isDecided))
        {
            verdict = ValueVerdict.Blocked;
            if (isDecided && _allowedValues.Length > 0 && Matches(_allowedValues, chars, text.Length, out isDecided) && isDecided)
                verdict = ValueVerdict.Allowed;
        }

        if (place >= 0 && isDecided)
            _values.Put(place, text, (byte)verdict);
        return verdict;
    }

    /// <summary>A field with a <see cref="ValueVerdict.Blocked"/> text in which what matches is masked; valid until the next.</summary>
    public ReadOnlySpan<byte> MaskParts(EditScratch scratch, ReadOnlySpan<byte> text, byte tag)
    {
        var chars = Transcode(scratch, text);
        if (!_allowance.IsUsedUp && Masks.TryFindParts(_blockedValues, chars, text.Length, _allowance))
            return Masks.WriteParts(scratch.New, chars, tag);
        if (_allowance.IsUsedUp)
            _onUndecided();
        return Masks.Write(scratch.New, text, tag);
    }

    /// <summary>Whether any pattern matches. Not decided in time counts as a match.</summary>
    private bool Matches(Regex[] patterns, ReadOnlySpan<char> text, int bytes, out bool isDecided)
    {
        isDecided = true;
        if (!_allowance.IsUsedUp)
        {
            _allowance.Start(bytes);
            try
            {
                var looked = 0;
                while (looked < patterns.Length && !_allowance.IsUsedUp)
                {
                    var isMatch = patterns[looked++].IsMatch(text);
                    _allowance.Spend();
                    if (isMatch)
                        return true;
                }

                if (looked == patterns.Length)
                    return false;
            }
            catch (RegexMatchTimeoutException)
            {
                _allowance.Spend();
            }
        }

        isDecided = false;
        _onUndecided();
        return true;
    }

    /// <summary>The text in UTF-16; valid until the next.</summary>
    private static ReadOnlySpan<char> Transcode(EditScratch scratch, ReadOnlySpan<byte> text)
    {
        var chars = scratch.Chars(text.Length);
        Utf8.ToUtf16(text, chars, out _, out var written, replaceInvalidSequences: true);
        return chars[..written];
    }
}
