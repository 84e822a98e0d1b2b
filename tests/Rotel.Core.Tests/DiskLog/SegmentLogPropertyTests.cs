using Rotel.TestKit;

namespace Rotel.DiskLog;

/// <summary>
/// Appends, reads, finishes, saves, closings, crashes and losses of power at random, with a disk that fails at random: what was confirmed
/// and is not finished is read in order, by each reader it is for, and nothing twice in one run.
/// </summary>
public sealed class SegmentLogPropertyTests
{
    [Fact]
    public async Task Log_AnythingInAnyOrder_KeepsWhatItConfirmed() => await AssertHoldsAsync(40);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Log_MuchOfAnythingInAnyOrder_KeepsWhatItConfirmed() => await AssertHoldsAsync(300);

    private static async Task AssertHoldsAsync(int runs)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + runs; seed++)
        {
            var model = new LogModel(seed);
            try
            {
                await model.RunAsync();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"{FreshSeed.Variable}={seed}: {exception.Message}\n{string.Join('\n', model.Steps)}", exception);
            }
        }
    }

    private sealed class LogModel(int seed)
    {
        private static readonly string[] Names = ["a", "b", "c"];

        private readonly Random _random = new(seed);
        private readonly Dictionary<long, ulong> _confirmed = [];
        private readonly Dictionary<long, (int Number, int Length)> _contents = [];
        private readonly HashSet<int> _refused = [];
        private readonly HashSet<long>[] _finished = [[], [], []];
        private readonly HashSet<long>[] _finishedInRun = [[], [], []];
        private readonly HashSet<long>[] _saved = [[], [], []];
        private readonly HashSet<long>[] _readInRun = [[], [], []];
        private readonly LogCursor?[] _cursors = new LogCursor?[3];
        private LogUnderTest _test = null!;
        private int _number;
        private bool _isPowerSafe;
        private bool _hasLostPower;

        public List<string> Steps { get; } = [];

        public async Task RunAsync()
        {
            _isPowerSafe = _random.Next(2) == 0;
            _test = new LogUnderTest
            {
                Settings = new LogSettings(
                    LogUnderTest.Directory, _random.Next(1_000, 200_000), TimeSpan.FromHours(24),
                    _isPowerSafe ? LogStrength.PowerSafe : LogStrength.CrashSafe, TimeSpan.Zero),
            };
            _test.Open(Names);
            for (var step = _random.Next(20, 120); step > 0; step--)
                await StepAsync();

            Note("in the end");
            _test.Files.Heal();
            await RestartAsync(await DecideCloseAsync(_random.Next(3)));
            for (var reader = 0; reader < Names.Length; reader++)
            {
                Read(reader, int.MaxValue);
                var missing = _confirmed
                    .Where(record => (record.Value & Bit(reader)) != 0 && !_finished[reader].Contains(record.Key)
                        && !_readInRun[reader].Contains(record.Key))
                    .Select(record => record.Key).Order().ToList();
                Assert.True(missing.Count == 0, $"{Names[reader]} misses {string.Join(", ", missing)}");
                Close(reader);
            }

            await _test.CloseAsync();
            AssertLosses();
            if (_test.Space.UsedBytes != 0)
                Assert.Fail($"{_test.Space.UsedBytes} bytes are counted of a closed log.");
        }

        private async Task StepAsync()
        {
            switch (_random.Next(20))
            {
                case < 8:
                    await AppendAsync(_random.Next(1, 6));
                    break;
                case < 12:
                    Read(_random.Next(Names.Length), _random.Next(1, 10));
                    break;
                case < 15:
                    Finish(_random.Next(Names.Length), _random.Next(1, 6));
                    break;
                case 15:
                    Save(_random.Next(Names.Length));
                    break;
                case 16:
                    Note("faults");
                    _test.Files.FailByChance(_random.Next(), _random.NextDouble() / 3, isSlow: true);
                    break;
                case 17:
                    Note("no faults");
                    _test.Files.Heal();
                    break;
                case 18:
                    Note("time");
                    _test.Time.Advance(TimeSpan.FromSeconds(_random.Next(1, 90)));
                    await Watchdog.WaitAsync(_test.Log.RestAsync(), "the thread rests", default);
                    break;
                default:
                    await RestartAsync(await DecideCloseAsync(_random.Next(3)));
                    break;
            }
        }

        private async Task AppendAsync(int count)
        {
            Note($"append {count}");
            _test.Time.Advance(TimeSpan.FromSeconds(1));
            var appends = new List<(int Number, int Length, ulong Readers, ulong Handed, Task<AppendResult> Task)>();
            var together = _random.Next(2) == 0;
            for (var i = 0; i < count; i++)
            {
                var number = _number++;
                var length = _random.Next(12) == 0 ? _random.Next(150_000) : _random.Next(3_000);
                var readers = (ulong)_random.Next(8);
                var handed = readers & (ulong)_random.Next(8);
                var mask = Mask(readers);
                var task = Task.Run(() => _test.AppendAsync(number, length, mask, Mask(handed)));
                appends.Add((number, length, mask, Mask(handed), task));
                if (!together)
                    await task;
            }

            foreach (var (number, length, readers, handed, task) in appends)
            {
                var (outcome, sequence) = await task;
                if (outcome != AppendOutcome.Written)
                {
                    _refused.Add(number);
                    continue;
                }

                Assert.True(_confirmed.TryAdd(sequence, readers), $"{sequence} was given twice");
                _contents[sequence] = (number, length);

                // What a reader had in memory is not read from disk before the next run.
                for (var reader = 0; reader < Names.Length; reader++)
                {
                    if ((handed & Bit(reader)) != 0)
                        _readInRun[reader].Add(sequence);
                }
            }
        }

        private void Read(int reader, int count)
        {
            Note($"read {Names[reader]} {count}");
            _cursors[reader] ??= _test.Log.Readers[reader].OpenCursor(_test.Log.Readers[reader].Position);
            var cursor = _cursors[reader]!;
            var last = cursor.NextSequence - 1;
            while (count-- > 0)
            {
                var state = cursor.MoveNext(out var header);
                if (state == CursorState.Failed)
                {
                    // Files that cannot be opened.
                    Assert.True(_test.Files.Faults > 0);
                    return;
                }

                if (state == CursorState.End)
                    return;
                var content = new byte[header.Length];
                var read = cursor.Read(content);
                if (read == CursorState.End && _hasLostPower && !_confirmed.ContainsKey(header.Sequence))
                {
                    // Written in part and never confirmed.
                    last = header.Sequence;
                    continue;
                }

                Assert.Equal(CursorState.Record, read);
                Assert.True(header.Sequence > last, $"{header.Sequence} after {last}");
                last = header.Sequence;
                Assert.Equal(LogUnderTest.Content((int)header.Flags, header.Length), content);
                Assert.NotEqual(0ul, header.Readers & Bit(reader));
                if (_confirmed.ContainsKey(header.Sequence))
                    Assert.Equal(_contents[header.Sequence], ((int)header.Flags, header.Length));
                else
                    Assert.Contains((int)header.Flags, _refused);
                Assert.True(_readInRun[reader].Add(header.Sequence), $"{Names[reader]} reads {header.Sequence} twice");
            }
        }

        private void Finish(int reader, int count)
        {
            var ready = _readInRun[reader].Where(sequence => !_finishedInRun[reader].Contains(sequence)).ToArray();
            _random.Shuffle(ready);
            foreach (var sequence in ready.Take(count))
            {
                Note($"finish {Names[reader]} {sequence}");
                _test.Log.Readers[reader].Finish(sequence);
                _finished[reader].Add(sequence);
                _finishedInRun[reader].Add(sequence);
            }
        }

        private void Save(int reader)
        {
            Note($"save {Names[reader]}");
            _test.Log.Readers[reader].Save();
            if (!_test.Log.Readers[reader].IsUnsaved)
                _saved[reader].UnionWith(_finishedInRun[reader]);
        }

        private async Task<bool> DecideCloseAsync(int how)
        {
            for (var reader = 0; reader < Names.Length; reader++)
                Close(reader);
            if (how == 0)
            {
                Note("close");
                _test.Files.Heal();
                await _test.CloseAsync();
                for (var reader = 0; reader < Names.Length; reader++)
                    _saved[reader].UnionWith(_finishedInRun[reader]);
                return false;
            }

            if (_random.Next(2) == 0)
            {
                Note("in the middle of a write");
                _test.Files.DieInWrite = _random.NextDouble();
                await AppendAsync(_random.Next(1, 4));
            }

            Note(how == 1 || !_isPowerSafe ? "crash" : "power");
            await _test.DieAsync();
            return how == 2 && _isPowerSafe;
        }

        private Task RestartAsync(bool losesPower)
        {
            if (losesPower)
            {
                // Positions are not synced.
                _hasLostPower = true;
                _test.Memory.LosePower(_random);
            }

            AssertLosses();
            _test.Open(Names);
            for (var reader = 0; reader < Names.Length; reader++)
            {
                _readInRun[reader].Clear();
                _finishedInRun[reader].Clear();
            }

            if (!losesPower)
            {
                // What was saved is not read again.
                for (var reader = 0; reader < Names.Length; reader++)
                    Assert.All(_saved[reader], sequence => Assert.True(_test.Log.Readers[reader].IsFinished(sequence)));
            }
            else
            {
                foreach (var saved in _saved)
                    saved.Clear();
            }

            return Task.CompletedTask;
        }

        /// <summary>
        /// Only of what was never confirmed may a hole be told: a loss of power, or one fault on top of another, leaves such. Once in a run:
        /// with its power a process can lose that it has told.
        /// </summary>
        private void AssertLosses()
        {
            foreach (var losses in _test.Events.Losses.GroupBy(loss => loss.Reader))
                Assert.InRange(losses.Sum(loss => loss.Records), 0, _refused.Count);
            _test.Events.Losses.Clear();
        }

        private void Close(int reader)
        {
            _cursors[reader]?.Dispose();
            _cursors[reader] = null;
        }

        private ulong Bit(int reader) => _test.Log.Readers[reader].Bit;

        private ulong Mask(ulong readers) =>
            Enumerable.Range(0, Names.Length).Where(i => (readers & (1ul << i)) != 0).Aggregate(0ul, (mask, i) => mask | Bit(i));

        private void Note(string step) => Steps.Add(step);
    }
}
