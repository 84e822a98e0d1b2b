using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>
/// The broker simulator in librdkafka's C interface (rdkafka_mock.h), in the very library that Confluent.Kafka ships. Handles are opaque
/// pointers; text is read before a call returns. <see cref="ErrorCode"/> has the numbers of the C enumeration.
/// </summary>
internal static unsafe partial class MockLibrary
{
    private const string Name = "librdkafka";

    /// <summary>
    /// In the order in which Confluent.Kafka comes to them: the plain build wants libsasl2.so.3 on Linux, which many systems do not have;
    /// the one for CentOS 8 is without it, the one for Alpine is for musl.
    /// </summary>
    private static readonly string[] Builds = [Name, "centos8-librdkafka", "alpine-librdkafka"];

    static MockLibrary() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();

    /// <summary>0 is success; what went wrong is written to <paramref name="error"/>.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Set(nint configuration, string name, string value, byte* error, nuint errorLength);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_opaque")]
    public static partial void SetOpaque(nint configuration, nint opaque);

    /// <summary>Called with the client, the level, the facility and the line, on a thread of the library.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    public static partial void SetLog(nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> log);

    /// <summary>0 is a producer; takes the configuration unless it fails.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    public static partial nint NewClient(int type, nint configuration, byte* error, nuint errorLength);

    [LibraryImport(Name, EntryPoint = "rd_kafka_opaque")]
    public static partial nint Opaque(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void DestroyClient(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void DestroyCluster(nint cluster);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial byte* Bootstraps(nint cluster);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ErrorCode CreateTopic(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetTopicError(nint cluster, string topic, ErrorCode error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ErrorCode SetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial ErrorCode SetDown(nint cluster, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial ErrorCode SetUp(nint cluster, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial ErrorCode SetRoundTrip(nint cluster, int broker, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_coordinator_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ErrorCode SetCoordinator(nint cluster, string keyType, string key, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void SetRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_set_group_consumer_session_timeout_ms")]
    public static partial void SetGroupSession(nint cluster, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_set_group_consumer_heartbeat_interval_ms")]
    public static partial void SetGroupHeartbeat(nint cluster, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_set_apiversion")]
    public static partial ErrorCode SetApiVersion(nint cluster, short api, short minimum, short maximum);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void PushErrors(nint cluster, short api, nuint count, ErrorCode* errors);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    public static partial void ClearErrors(nint cluster, short api);

    /// <summary>
    /// One pair of error and delay. The C function takes any number of them: with up to eight whole numbers a call looks the same as one
    /// of a function without, except on Apple's ARM64, where the caller must not come here.
    /// </summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_push_request_error_rtts")]
    public static partial ErrorCode PushErrorAndRoundTrip(nint cluster, int broker, short api, nuint count, int error, int milliseconds);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name)
            return 0;
        // Where Confluent.Kafka's own calls look, so that both use one copy.
        foreach (var build in Builds)
        {
            if (NativeLibrary.TryLoad(build, typeof(Error).Assembly, searchPath, out var handle)
                || NativeLibrary.TryLoad(build, assembly, searchPath, out handle)
                || NativeLibrary.TryLoad(FileOf(build), out handle))
            {
                return handle;
            }
        }

        return 0;
    }

    /// <summary>Where a build of this platform lies beside the tests.</summary>
    private static string FileOf(string build)
    {
        var (system, extension) =
            OperatingSystem.IsWindows() ? ("win", "dll") : OperatingSystem.IsMacOS() ? ("osx", "dylib") : ("linux", "so");
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Path.Combine(AppContext.BaseDirectory, "runtimes", $"{system}-{architecture}", "native", $"{build}.{extension}");
    }
}
