using Rotel.Configuration;
using Rotel.DeadLetters;
using Rotel.Durability;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Tests.Configuration;

/// <summary>What is kept on disk: every source knows the settings, mistakes are said all at once, and what does nothing is said, too.</summary>
public sealed class DurabilitySettingsTests : IDisposable
{
    private const string Blackhole = "ROTEL_EXPORTER=blackhole";
    private const string Queue = "Rotel:DiskQueue (ROTEL_DISK_QUEUE)";
    private const string QueueDirectory = "Rotel:DiskQueueDirectory (ROTEL_DISK_QUEUE_DIRECTORY)";

    private readonly string _directory = Directory.CreateTempSubdirectory("rotel-durability-").FullName;

    private string Named => $"ROTEL_DISK_QUEUE_DIRECTORY={_directory}";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Nothing_IsKeptUnasked()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole));

        Assert.False(plan.HasDiskQueue);
        Assert.False(plan.IsOnDisk(plan.Exporters.Single()));
        Assert.Null(plan.Options.DeadLetters.Directory);
        Assert.Null(plan.RetryOf(plan.Exporters.Single(), OtlpSignal.Traces).MaxElapsedTime);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void DiskQueue_FromAnySource_IsTheSame()
    {
        RotelPlan[] plans =
        [
            RotelConfiguration.Load(Sources.Environment(
                Blackhole, Named, "ROTEL_DISK_QUEUE=always", "ROTEL_DISK_QUEUE_STRENGTH=power_safe", "ROTEL_DISK_QUEUE_COMMIT_INTERVAL=5ms",
                "ROTEL_DISK_QUEUE_MAX_BYTES=2GiB", "ROTEL_DISK_QUEUE_MAX_AGE=3h", "ROTEL_DISK_QUEUE_REQUIRED=true",
                $"ROTEL_DEAD_LETTER_DIRECTORY={_directory}.dead", "ROTEL_DEAD_LETTER_MAX_BYTES=5MiB")),
            RotelConfiguration.Load(Sources.Section(
                "Rotel:Exporter=blackhole", $"Rotel:DiskQueueDirectory={_directory}", "Rotel:DiskQueue=Always",
                "Rotel:DiskQueueStrength=PowerSafe", "Rotel:DiskQueueCommitInterval=5ms", "Rotel:DiskQueueMaxBytes=2GiB",
                "Rotel:DiskQueueMaxAge=3h", "Rotel:DiskQueueRequired=true", $"Rotel:DeadLetterDirectory={_directory}.dead",
                "Rotel:DeadLetterMaxBytes=5MiB")),
            RotelConfiguration.Load(Sources.Flags(
                "--exporter=blackhole", $"--disk-queue-directory={_directory}", "--disk-queue=always", "--disk-queue-strength=power-safe",
                "--disk-queue-commit-interval=5ms", "--disk-queue-max-bytes=2GiB", "--disk-queue-max-age=3h", "--disk-queue-required",
                $"--dead-letter-directory={_directory}.dead", "--dead-letter-max-bytes=5MiB")),
            RotelConfiguration.Load(Sources.Environment(Blackhole), options =>
            {
                options.DiskQueue.Mode = DiskQueueMode.Always;
                options.DiskQueue.Directory = _directory;
                options.DiskQueue.Strength = DiskQueueStrength.PowerSafe;
                options.DiskQueue.CommitInterval = TimeSpan.FromMilliseconds(5);
                options.DiskQueue.MaxBytes = 2L << 30;
                options.DiskQueue.MaxAge = TimeSpan.FromHours(3);
                options.DiskQueue.Required = true;
                options.DeadLetters.Directory = _directory + ".dead";
                options.DeadLetters.MaxBytes = 5 << 20;
            }),
        ];

        Assert.All(plans, plan =>
        {
            var queue = plan.Options.DiskQueue;
            Assert.Equal((DiskQueueMode.Always, _directory, DiskQueueStrength.PowerSafe), (queue.Mode, queue.Directory, queue.Strength));
            Assert.Equal((TimeSpan.FromMilliseconds(5), 2L << 30), (queue.CommitInterval, queue.MaxBytes));
            Assert.Equal((TimeSpan.FromHours(3), true), (queue.MaxAge, queue.Required));
            Assert.Equal((_directory + ".dead", 5L << 20), (plan.Options.DeadLetters.Directory, plan.Options.DeadLetters.MaxBytes));
            Assert.Empty(plan.Warnings);
        });
    }

    [Fact]
    public void Mistakes_AreAllSaidAtOnce()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var errors = Sources.ErrorsOf(Sources.Environment(Blackhole), options =>
        {
            options.DiskQueue.Mode = DiskQueueMode.Spill;
            options.DiskQueue.Strength = (DiskQueueStrength)9;
            options.DiskQueue.CommitInterval = TimeSpan.FromSeconds(11);
            options.DiskQueue.MaxBytes = (16 << 20) - 1;
            options.DiskQueue.MaxAge = TimeSpan.FromMilliseconds(999);
            options.DeadLetters.Directory = file;
            options.DeadLetters.MaxBytes = 1;
        });

        Assert.Equal(
            [
                "Rotel:DiskQueueStrength (ROTEL_DISK_QUEUE_STRENGTH): expected one of crash_safe, power_safe.",
                $"{QueueDirectory}: is needed by {Queue}; name a directory on a local disk, such as /var/lib/my-service/rotel, or set that to off.",
                "Rotel:DiskQueueCommitInterval (ROTEL_DISK_QUEUE_COMMIT_INTERVAL): must be from 0s, which flushes at once, to 10s.",
                "Rotel:DiskQueueMaxBytes (ROTEL_DISK_QUEUE_MAX_BYTES): must be 16MiB or more.",
                "Rotel:DiskQueueMaxAge (ROTEL_DISK_QUEUE_MAX_AGE): must be from 1s to 8760h.",
                "Rotel:DeadLetterMaxBytes (ROTEL_DEAD_LETTER_MAX_BYTES): must be 1MiB or more.",
                $"Rotel:DeadLetterDirectory (ROTEL_DEAD_LETTER_DIRECTORY): '{file}' is a file; name a directory.",
            ],
            errors);
    }

    [Theory]
    [InlineData("ROTEL_DISK_QUEUE=sometimes", "expected one of off, spill, always")]
    [InlineData("ROTEL_DISK_QUEUE_MAX_BYTES=1MiB", "16MiB at least")]
    [InlineData("ROTEL_DISK_QUEUE_MAX_AGE=24", "found a bare number")]
    [InlineData("ROTEL_DISK_QUEUE_DIRECTORY=a\0b", "expected the path of a directory")]
    [InlineData("ROTEL_DEAD_LETTER_MAX_BYTES=1", "1MiB at least")]
    public void Load_WrongText_SaysWhatWouldBeRight(string variable, string expected)
    {
        var error = Sources.ErrorOf(Sources.Environment(Blackhole, variable), options =>
        {
            options.DiskQueue.Mode = DiskQueueMode.Spill;
            options.DiskQueue.Directory ??= _directory;
        });

        Assert.Contains($"({variable.Split('=')[0]}): ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("/", true)]
    [InlineData("/dead", true)]
    [InlineData("/../{0}/a/b", true)]
    [InlineData("-dead", false)]
    [InlineData("/..dead", true)]
    [InlineData("/../..dead", false)]
    [InlineData("/..", false)]
    public void DeadLetters_InTheDirectoryOfTheDiskQueue_AreRefused(string suffix, bool isRefused)
    {
        var sources = Sources.Environment(
            Blackhole, Named, "ROTEL_DISK_QUEUE=spill",
            $"ROTEL_DEAD_LETTER_DIRECTORY={_directory}{suffix.Replace("{0}", Path.GetFileName(_directory), StringComparison.Ordinal)}");

        if (isRefused)
        {
            Assert.Equal(
                $"Rotel:DeadLetterDirectory (ROTEL_DEAD_LETTER_DIRECTORY): is the directory of {QueueDirectory} or inside it,"
                    + " where only the disk queue may have files; name another.",
                Sources.ErrorOf(sources));
        }
        else
        {
            Assert.Empty(RotelConfiguration.Load(sources).Warnings);
        }
    }

    [Theory]
    [InlineData("ROTEL_DISK_QUEUE_DIRECTORY=/q")]
    [InlineData("ROTEL_DISK_QUEUE_STRENGTH=power_safe")]
    [InlineData("ROTEL_DISK_QUEUE_COMMIT_INTERVAL=0s")]
    [InlineData("ROTEL_DISK_QUEUE_MAX_BYTES=2GiB")]
    [InlineData("ROTEL_DISK_QUEUE_MAX_AGE=1h")]
    [InlineData("ROTEL_DISK_QUEUE_REQUIRED=true")]
    public void Setting_OfADiskQueueThatIsOff_Warns(string variable)
    {
        var warning = Assert.Single(RotelConfiguration.Load(Sources.Environment(Blackhole, variable)).Warnings);

        Assert.Contains($"({variable.Split('=')[0]}): has no effect, for {Queue} is off; set that to spill or always", warning, StringComparison.Ordinal);
    }

    /// <summary>As in a file that was made of what <c>rotel validate</c> prints.</summary>
    [Fact]
    public void Defaults_WrittenOut_DoNotWarn() => Assert.Empty(RotelConfiguration.Load(Sources.Environment(
        Blackhole, "ROTEL_DISK_QUEUE=off", "ROTEL_DISK_QUEUE_STRENGTH=crash_safe", "ROTEL_DISK_QUEUE_COMMIT_INTERVAL=100ms",
        "ROTEL_DISK_QUEUE_MAX_BYTES=1GiB", "ROTEL_DISK_QUEUE_MAX_AGE=24h", "ROTEL_DISK_QUEUE_REQUIRED=false",
        "ROTEL_DEAD_LETTER_MAX_BYTES=100MiB")).Warnings);

    [Fact]
    public void CodeThatSetsUpADiskQueueThatIsOff_Warns() => Assert.Equal(
        3,
        RotelConfiguration.Load(Sources.Environment(Blackhole), options =>
        {
            options.DiskQueue.Directory = _directory;
            options.DiskQueue.MaxAge = TimeSpan.FromHours(1);
            options.DiskQueue.Required = true;
        }).Warnings.Count);

    [Theory]
    [InlineData("ROTEL_DISK_QUEUE_COMMIT_INTERVAL=5ms", "ROTEL_DISK_QUEUE_STRENGTH) is crash_safe; set that to power_safe")]
    [InlineData("ROTEL_BLACKHOLE_EXPORTER_DISK_QUEUE=false", "disk_queue is false for every exporter")]
    [InlineData("ROTEL_DEAD_LETTER_MAX_BYTES=99MiB", "name a directory in Rotel:DeadLetterDirectory (ROTEL_DEAD_LETTER_DIRECTORY)")]
    public void Setting_WithoutEffect_Warns(string variable, string expected)
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, Named, "ROTEL_DISK_QUEUE=spill", variable));

        Assert.Contains(expected, Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Durable_WithoutADiskQueue_IsAnErrorOfEachReceiverThatPromisesIt()
    {
        var errors = Sources.ErrorsOf(
            Sources.Environment(
                Blackhole, "ROTEL_RECEIVERS=otlp,kafka", "ROTEL_OTLP_ACKNOWLEDGEMENT=durable", "ROTEL_KAFKA_RECEIVER_TRACES=true",
                "ROTEL_KAFKA_RECEIVER_ACKNOWLEDGEMENT=durable"),
            options => options.AddKafka());

        Assert.Equal(2, errors.Count);
        Assert.Equal(
            $"Rotel:OtlpAcknowledgement (ROTEL_OTLP_ACKNOWLEDGEMENT): durable needs a disk queue; set {Queue} to spill or always and name its"
                + $" directory in {QueueDirectory}, or choose another acknowledgement.",
            errors[0]);
        Assert.StartsWith(
            "Rotel:KafkaReceiver:Acknowledgement (ROTEL_KAFKA_RECEIVER_ACKNOWLEDGEMENT): durable needs a disk queue", errors[1],
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spill")]
    [InlineData("always")]
    public void Durable_WithADiskQueue_IsRight(string mode)
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment(
                Blackhole, Named, $"ROTEL_DISK_QUEUE={mode}", "ROTEL_RECEIVERS=otlp,kafka", "ROTEL_OTLP_ACKNOWLEDGEMENT=durable",
                "ROTEL_KAFKA_RECEIVER_TRACES=true", "ROTEL_KAFKA_RECEIVER_ACKNOWLEDGEMENT=durable"),
            options => options.AddKafka());

        Assert.Equal(AcknowledgementMode.Durable, plan.Options.Otlp.Acknowledgement);
        Assert.True(plan.Options.Receivers.Others.Single().EndsWhenDurable);
        Assert.False(plan.IsTracked(OtlpSignal.Traces));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void Durable_WhereNoExporterOfASignalIsOnDisk_IsAnError()
    {
        var sources = Sources.Environment(
            Named, "ROTEL_DISK_QUEUE=spill", "ROTEL_OTLP_ACKNOWLEDGEMENT=durable", "ROTEL_EXPORTERS=a:blackhole,b:blackhole",
            "ROTEL_EXPORTERS_TRACES=a", "ROTEL_EXPORTERS_LOGS=a,b", "ROTEL_EXPORTER_A_DISK_QUEUE=false");

        Assert.Equal(
            "Rotel:OtlpAcknowledgement (ROTEL_OTLP_ACKNOWLEDGEMENT): durable would keep nothing of traces, for none of their exporters has a"
                + " disk queue; leave Rotel:Exporters:a:DiskQueue (ROTEL_EXPORTER_A_DISK_QUEUE) out for one of them, or choose another"
                + " acknowledgement.",
            Sources.ErrorOf(sources));
        var plan = RotelConfiguration.Load(sources, options => options.Otlp.Traces = false);
        Assert.Equal(["b"], plan.DiskExportersOf(OtlpSignal.Logs).Select(exporter => exporter.Name));
        Assert.Empty(plan.DiskExportersOf(OtlpSignal.Traces));
    }

    /// <summary>Five minutes would make hours on disk worth nothing.</summary>
    [Theory]
    [InlineData("", "1h")]
    [InlineData("ROTEL_EXPORTER_RETRY_MAX_ELAPSED_TIME=7s", "7s")]
    [InlineData("ROTEL_BLACKHOLE_EXPORTER_RETRY_MAX_ELAPSED_TIME=0s", "0s")]
    [InlineData("ROTEL_BLACKHOLE_EXPORTER_DISK_QUEUE=false", null)]
    public void RetryOf_ExporterOnDisk_LastsAsLongAsTheDiskQueueKeeps(string variable, string? expected)
    {
        string[] variables = [Blackhole, Named, "ROTEL_DISK_QUEUE=always", "ROTEL_DISK_QUEUE_MAX_AGE=1h"];
        var plan = RotelConfiguration.Load(Sources.Environment([.. variables, .. variable.Length == 0 ? [] : (string[])[variable]]));

        var time = plan.RetryOf(plan.Exporters.Single(), OtlpSignal.Traces).MaxElapsedTime;
        Assert.Equal(expected, time is null ? null : Settings.SettingForms.Duration.Write(time.Value));
    }

    [Fact]
    public void Defaults_AreThoseOfTheDocumentation()
    {
        var queue = new DiskQueueOptions();
        Assert.Equal((DiskQueueMode.Off, DiskQueueStrength.CrashSafe, false), (queue.Mode, queue.Strength, queue.Required));
        Assert.Equal((1L << 30, TimeSpan.FromHours(24), TimeSpan.FromMilliseconds(100)), (queue.MaxBytes, queue.MaxAge, queue.CommitInterval));
        Assert.Equal((null, 100L << 20), (new DeadLetterOptions().Directory, new DeadLetterOptions().MaxBytes));
    }
}
